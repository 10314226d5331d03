// A program that knows nothing of the cache and calls another service through its own sidecar. Told a range of keys
// it reads each once, and answers how many reads it made and how many spans its tracer was given meanwhile.
// Arguments: host and port of the sidecar's outbound listener, Host header of the other service.
import { request } from 'undici';

const [host, port, service] = process.argv.slice(2);

// What the OpenTelemetry API puts there when an application sets up tracing.
let spans = 0;
const span = { end() {} };
const startSpan = () => {
  spans += 1;
  return span;
};
globalThis[Symbol.for('opentelemetry.js.api.1')] = { trace: { getTracer: () => ({ startSpan }) } };

process.on('message', async ({ keys }) => {
  spans = 0;
  for (let key = 0; key < keys; key += 1) {
    const { body } = await request(`http://${host}:${port}/data/${key}`, { headers: { host: service } });
    await body.text();
  }
  process.send({ reads: keys, spans });
});
process.send('ready');
