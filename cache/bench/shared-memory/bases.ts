/*
 * What a read costs on each base that processes of a pod can share, in alternating blocks of one process, in batches
 * of 128 keys. lmdb is measured when it is installed (npm install --no-save lmdb). One JSON object a line.
 * Run: node --expose-gc cache/bench/shared-memory/bases.ts
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareSharedMemory } from '../../src/shared-memory/layout.ts';
import { SharedMemoryCache } from '../../src/shared-memory/shared-memory-cache.ts';

const ENTRIES = 10_000;
const VALUE_BYTES = 600;
const BATCH = 128;
const BLOCKS = 6;
const ROUNDS = 300;

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'l1-bases-'));
const keys = Array.from({ length: ENTRIES }, (_, i) => `price.31:${i}`);
const value = (i: number) => Buffer.alloc(VALUE_BYTES, 97 + (i % 26));

const path = join(folder, 'shared');
prepareSharedMemory({ path, capBytes: 16 << 20 });
const shared = new SharedMemoryCache({ path });
const writesUs: number[] = [];
keys.forEach((key, i) => {
  const startedUs = performance.now() * 1000;
  shared.set(key, value(i));
  writesUs.push(performance.now() * 1000 - startedUs);
});

const database = new DatabaseSync(join(folder, 'sqlite'));
database.exec(
  'PRAGMA journal_mode=wal; PRAGMA mmap_size=268435456; CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID; BEGIN',
);
const insert = database.prepare('INSERT INTO t VALUES (?, ?)');
for (const [i, key] of keys.entries()) insert.run(key, value(i));
database.exec('COMMIT');
const select = database.prepare('SELECT v FROM t WHERE k = ?');

const map = new Map(keys.map((key, i) => [key, value(i)]));
const bases: Record<string, (key: string) => unknown> = {
  'Map in the process, a copy of the bytes': (key) => Buffer.from(map.get(key)!),
  'l1-shared-memory, a copy of the bytes': (key) => shared.get(key),
  'l1-shared-memory, as text': (key) => shared.getText(key),
  'node:sqlite': (key) => select.get(key),
};
interface Lmdb {
  open(options: object): {
    put(key: string, value: Buffer): void;
    flushed: Promise<unknown>;
    getBinary(key: string): Buffer;
    getBinaryFast(key: string): Buffer;
  };
}
const lmdbName = 'lmdb';
const lmdb = (await import(lmdbName).catch(() => undefined)) as Lmdb | undefined;
if (lmdb === undefined) console.error('lmdb is not installed: npm install --no-save lmdb');
else {
  const store = lmdb.open({ path: join(folder, 'lmdb'), noSync: true, encoding: 'binary' });
  for (const [i, key] of keys.entries()) store.put(key, value(i));
  await store.flushed;
  bases['lmdb getBinary, a copy of the bytes'] = (key) => store.getBinary(key);
  bases['lmdb getBinaryFast, bytes valid until the next read'] = (key) => store.getBinaryFast(key);
}

const samples = Object.fromEntries(Object.keys(bases).map((name) => [name, [] as number[]]));
// In blocks, so that each base pays for its own garbage and no other's.
for (let block = 0; block < BLOCKS; block++)
  for (const [name, read] of Object.entries(bases)) {
    globalThis.gc?.();
    for (let round = 0; round < ROUNDS; round++) {
      const startedUs = performance.now() * 1000;
      for (let i = 0; i < BATCH; i++) read(keys[(round * 977 + i * 7919) % ENTRIES]!);
      samples[name]!.push((performance.now() * 1000 - startedUs) / BATCH);
    }
  }
const how = `median of batches of ${BATCH} reads of ${VALUE_BYTES} B among ${ENTRIES}, first third dropped as warm-up`;
for (const [name, all] of Object.entries(samples)) {
  const warm = all.slice(all.length / 3).sort((a, b) => a - b);
  const value = Math.round(warm[warm.length >> 1]! * 100) / 100;
  console.log(JSON.stringify({ figure: `read: ${name}`, value, unit: 'us', n: warm.length, how }));
}
const sorted = writesUs.sort((a, b) => a - b);
const written = Math.round(sorted[ENTRIES >> 1]! * 10) / 10;
console.log(
  JSON.stringify({
    figure: 'write: l1-shared-memory',
    value: written,
    unit: 'us',
    n: ENTRIES,
    how: 'median of single writes',
  }),
);
const { hits, misses, capBytes } = shared.stats();
// A full file: what share of it is payload.
for (let i = 0; i < 60_000; i++) shared.set(`fill.${i}`, value(i));
let heldBytes = 0;
for (let i = 0; i < 60_000; i++)
  heldBytes += (shared.get(`fill.${i}`)?.byteLength ?? -`fill.${i}`.length) + `fill.${i}`.length;
const perPayload = Math.round((shared.stats().chargedBytes / heldBytes) * 100) / 100;
console.log(
  JSON.stringify({
    figure: 'memory per payload byte: l1-shared-memory',
    value: perPayload,
    unit: 'ratio',
    n: 1,
    how: `a full file of ${capBytes} B, before that ${hits} hits, ${misses} misses`,
  }),
);
rmSync(folder, { recursive: true });
process.exit();
