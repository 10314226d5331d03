/**
 * A service program for the tests of the target: speaks scenarios/service/protocol.ts, measures nothing.
 * `/request/<n>?k=<service>` fetches `/data/flag/1` from that service the way its configuration says.
 */
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { PodConfig } from '../../../../scenarios/service/protocol.ts';

const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PodConfig;
const { listen, outbound } = config;
const name = `svc-${String(config.serviceIndex).padStart(2, '0')}`;
const kept: Buffer[] = [];
let scenario = 'none';

const contents = () => ({
  entries: kept.length,
  payloadBytes: kept.length * 1024,
  chargedBytes: kept.length * 1100,
});
const answers: Readonly<Record<string, () => object>> = {
  'GET /ready': () => ({ scenario }),
  'POST /clear': () => ({}),
  'POST /block/start': () => ({}),
  'POST /block/stop': () => ({ service: config.serviceIndex, scenario, contents: contents() }),
  'GET /hits': () => ({ reads: 2, hits: 1 }),
  'POST /memory': () => {
    globalThis.gc?.();
    const { heapUsed, heapTotal, external, arrayBuffers, rss } = process.memoryUsage();
    return {
      heapUsedBytes: heapUsed,
      heapTotalBytes: heapTotal,
      externalBytes: external,
      arrayBuffersBytes: arrayBuffers,
      rssBytes: rss,
      contents: contents(),
    };
  },
};

createServer((incoming, outgoing) => {
  if (incoming.url?.startsWith('/data/')) {
    outgoing.end(JSON.stringify({ version: 1, from: name }));
    return;
  }
  const peer = Number(new URL(incoming.url ?? '', 'http://x').searchParams.get('k'));
  const to = outbound.kind === 'sidecar' ? outbound : outbound.peers[peer];
  const host = `svc-${String(peer).padStart(2, '0')}.mesh`;
  request({ host: to?.host, port: to?.port, path: '/data/flag/1', headers: { host } }, (answer) => {
    outgoing.statusCode = answer.statusCode ?? 500;
    answer.pipe(outgoing);
  })
    .on('error', (error) => outgoing.writeHead(502).end(error.message))
    .end();
}).listen(listen.port, listen.host, () => {
  createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      if (incoming.url === '/scenario') {
        scenario = JSON.parse(body).name;

        if (scenario === 'in-process-l1') while (kept.length < 4096) kept.push(Buffer.alloc(1024, 1));
        outgoing.end('{}');
        return;
      }
      const answer = answers[`${incoming.method} ${incoming.url}`];
      outgoing.statusCode = answer === undefined ? 404 : 200;
      outgoing.end(JSON.stringify(answer?.() ?? {}));
    });
  }).listen(listen.controlPort, listen.host);
});

process.stdout.write('stub serves\n');
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
