// A program that knows nothing of the cache: reads the same few things over and over with the clients that programs
// use, and prints how long each took. Whether it is served from memory is decided by its environment alone.
// Arguments: URL of a GET, port of a Redis, reads of each client.

import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { request } from 'undici';

const [url, redisPort, times] = process.argv.slice(2);
const nodeRedis = createClient({ socket: { host: '127.0.0.1', port: Number(redisPort) } });
await nodeRedis.connect();
const ioredis = new Redis({ host: '127.0.0.1', port: Number(redisPort) });

const clients = {
  fetch: async () => (await fetch(url)).json(),
  'undici.request': async () => (await request(url)).body.json(),
  redis: () => nodeRedis.get('price.1:1'),
  ioredis: () => ioredis.get('price.1:1'),
};
for (const [client, read] of Object.entries(clients)) {
  const samplesNs = [];
  for (let i = 0; i < Number(times); i += 1) {
    const startNs = process.hrtime.bigint();
    await read();
    samplesNs.push(Number(process.hrtime.bigint() - startNs));
  }
  console.log(JSON.stringify({ client, samplesNs }));
}
process.exit(0);
