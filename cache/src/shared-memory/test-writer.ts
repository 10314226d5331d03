import { SharedMemoryCache } from './shared-memory-cache.ts';

/** Writes until it is killed: values of one byte repeated, so that a reader can tell a whole one from parts. */
const [path, seed] = process.argv.slice(2);
const cache = new SharedMemoryCache({ path: path! });
let random = Number(seed);
for (let i = 0; ; i++) {
  random = (Math.imul(random, 1103515245) + 12345) >>> 0;
  cache.set(`key.${(random >>> 8) % 2000}`, Buffer.alloc(1 + ((random >>> 4) % 1500), random >>> 16));
  if (i === 1000) process.send!('writing');
}
