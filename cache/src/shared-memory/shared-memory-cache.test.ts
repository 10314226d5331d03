import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { prepareSharedMemory } from './layout.ts';
import { SharedMemoryCache } from './shared-memory-cache.ts';
import { folder, preparedFile } from './test-file.ts';

function make(capBytes?: number, bucketBytes?: number) {
  const path = preparedFile(capBytes, bucketBytes);
  const clock = { nowMs: 1000, now: () => clock.nowMs };
  return { path, clock, open: () => new SharedMemoryCache({ path, clock }) };
}

const WRITER = fileURLToPath(new URL('./test-writer.ts', import.meta.url));

test('what one opener sets another reads at once, until its life ends', () => {
  const { open, clock } = make();
  using a = open();
  using b = open();
  assert.equal(a.set('price.1', Buffer.from('9.95'), 500), 'stored');
  assert.equal(b.get('price.1')?.toString(), '9.95');
  a.set('price.1', Buffer.from('10.50'), 500);
  assert.equal(b.get('price.1')?.toString(), '10.50');
  clock.nowMs += 500;
  assert.equal(b.get('price.1'), undefined);
  b.set('price.2', Buffer.from('x'));
  assert.equal(a.delete('price.2'), true);
  assert.equal(a.delete('price.2'), false);
  assert.equal(b.get('price.2'), undefined);
});

test('a reader owns the bytes it gets', () => {
  using cache = make().open();
  cache.set('a', Buffer.from('abc'));
  cache.get('a')!.fill(0);
  assert.equal(cache.get('a')!.toString(), 'abc');
  cache.set('b', Buffer.from('ä€'));
  assert.equal(cache.getText('b'), 'ä€');
});

test('the file never outgrows its cap, whatever is set', () => {
  const { open, path } = make(256 << 10);
  using cache = open();
  const { size } = statSync(path);
  for (let i = 0; i < 3000; i++) cache.set(`key.${i}`, Buffer.alloc((i * 131) % 3000, i & 255));
  const stats = cache.stats();
  assert.equal(statSync(path).size, size);
  assert.ok(size <= 256 << 10);
  assert.ok(stats.chargedBytes <= size && stats.evictions > 1000, JSON.stringify(stats));
});

test('an entry larger than a bucket is refused, and what was held under its key is gone', () => {
  using cache = make().open();
  cache.set('a', Buffer.from('old'));
  assert.equal(cache.set('a', Buffer.alloc(5000)), 'refused-too-large');
  assert.equal(cache.get('a'), undefined);
  using wide = make(1 << 20, 65536).open();
  assert.equal(wide.set('a', Buffer.alloc(60_000, 'x')), 'stored');
  assert.equal(wide.get('a')!.byteLength, 60_000);
});

test('an entry that is read stays when its bucket is full, one that is not leaves', () => {
  const { open } = make(8192);
  using cache = open();
  for (let i = 0; i < 100; i++) {
    cache.set(`cold.${i}`, Buffer.alloc(500));
    if (i === 0) cache.set('hot', Buffer.alloc(500));
    assert.ok(cache.get('hot'), `after ${i}`);
  }
  assert.equal(cache.get('cold.0'), undefined);
});

test('it answers as a Map does, for what it still holds', () => {
  const key = fc.constantFrom(...Array.from({ length: 30 }, (_, i) => `k${i}`), 'ä', '', 'x'.repeat(300));
  const step = fc.oneof(
    fc.record({ set: key, value: fc.uint8Array({ maxLength: 700 }) }),
    fc.record({ delete: key }),
    fc.record({ get: key }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      using cache = make(64 << 10).open();
      const model = new Map<string, Uint8Array>();
      for (const each of steps) {
        if ('set' in each) {
          assert.equal(cache.set(each.set, each.value), 'stored');
          model.set(each.set, each.value);
        } else if ('delete' in each) {
          cache.delete(each.delete);
          model.delete(each.delete);
        } else {
          const got = cache.get(each.get);
          if (got !== undefined) assert.deepEqual(new Uint8Array(got), model.get(each.get));
        }
      }
      // Room for all of it, so nothing may be missing.
      if (cache.stats().evictions === 0)
        for (const [name, value] of model) assert.deepEqual(new Uint8Array(cache.get(name)!), value);
      assert.equal(cache.stats().torn, 0);
    }),
    { seed: 7, numRuns: 100 },
  );
});

test('damaged bytes are a miss, never a wrong value', () => {
  const { open, path } = make(64 << 10);
  using cache = open();
  const value = (i: number) => Buffer.alloc(300, `${i}.`);
  for (let i = 0; i < 100; i++) cache.set(`k${i}`, value(i));
  const fd = openSync(path, 'r+');
  let random = 1;
  const next = (below: number) => {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0;
    return random % below;
  };
  for (let i = 0; i < 2000; i++) writeSync(fd, Buffer.from([next(256)]), 0, 1, 4096 + next(60 << 10));
  let held = 0;
  for (let i = 0; i < 100; i++) {
    const got = cache.get(`k${i}`);
    if (got !== undefined) assert.ok(got.equals(value(i)), `k${i}`);
    if (got !== undefined) held++;
  }
  assert.ok(held < 100);
  for (let i = 0; i < 100; i++) assert.equal(cache.set(`k${i}`, value(i)), 'stored');
});

test('a value that looks like an entry cannot pass for one', () => {
  const { open } = make(8192);
  using cache = open();
  cache.set('victim', Buffer.from('truth'));
  const forged = Buffer.alloc(64 * 3);
  for (let at = 0; at + 64 <= forged.length; at += 64) forged.writeUInt16LE(1, at + 4);
  cache.set('attacker', forged);
  assert.equal(cache.get('victim')?.toString(), 'truth');
  assert.ok(cache.get('attacker')?.equals(forged));
});

test('processes killed while they write corrupt nothing, and the next one starts warm', async () => {
  const path = join(folder, 'killed');
  prepareSharedMemory({ path, capBytes: 512 << 10 });
  for (let round = 0; round < 2; round++) {
    const writers = [1, 2].map((seed) => fork(WRITER, [path, String(seed + round * 10)]));
    await Promise.all(writers.map((writer) => once(writer, 'message')));
    // Each has written a thousand entries and goes on without a pause.
    for (const writer of writers) writer.kill('SIGKILL');
    await Promise.all(writers.map((writer) => once(writer, 'exit')));
  }
  assert.equal(prepareSharedMemory({ path, capBytes: 512 << 10 }), 'kept');
  using cache = new SharedMemoryCache({ path });
  let held = 0;
  for (let i = 0; i < 2000; i++) {
    const got = cache.get(`key.${i}`);
    if (got === undefined) continue;
    held++;
    // A writer fills its value with one byte, the first one telling the length.
    assert.ok(
      got.every((byte) => byte === got[0]),
      `key.${i}`,
    );
  }
  assert.ok(held > 300, `${held} held`);
  assert.equal(cache.set('after', Buffer.from('x')), 'stored');
});

test('the lock of a killed writer is taken over', () => {
  const { open, path } = make(8192);
  using cache = open();
  const lock = `${path}.lock1`;
  writeFileSync(lock, '');
  const longAgo = new Date(Date.now() - 10_000);
  utimesSync(lock, longAgo, longAgo);
  assert.equal(cache.set('a', Buffer.from('x')), 'stored');
  assert.equal(existsSync(lock), false);
});

test('the lock of a killed writer is taken over also when the clock was set back meanwhile', () => {
  const { open, path } = make(8192);
  using cache = open();
  const lock = `${path}.lock1`;
  writeFileSync(lock, '');
  const inAnHour = new Date(Date.now() + 3_600_000);
  utimesSync(lock, inAnHour, inAnHour);
  assert.equal(cache.set('a', Buffer.from('x')), 'stored');
});

test('a cache that was closed touches no other file, and closes none', () => {
  const { open, path } = make(8192);
  const cache = open();
  cache[Symbol.dispose]();
  writeFileSync(`${path}.other`, 'other');
  const fd = openSync(`${path}.other`, 'r+');
  assert.throws(() => cache.set('a', Buffer.from('x')));
  assert.throws(() => cache.get('a'));
  cache[Symbol.dispose]();
  assert.equal(readFileSync(fd, 'utf8'), 'other');
  closeSync(fd);
});

test('deleting what is not there takes no memory', () => {
  using cache = make().open();
  const before = cache.stats().chargedBytes;
  for (let i = 0; i < 100; i++) assert.equal(cache.delete(`k${i}`), false);
  assert.equal(cache.stats().chargedBytes, before);
});

test('a read answers also where the storage has no room for its mark', (t) => {
  using cache = make().open();
  cache.set('a', Buffer.from('x'));
  const { mock } = t.mock.method(fs, 'writeSync', () => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
  syncBuiltinESMExports();
  t.after(() => {
    mock.restore();
    syncBuiltinESMExports();
  });
  assert.equal(cache.getText('a'), 'x');
  assert.equal(mock.callCount(), 1);
});

test('clear forgets everything and gives the pages back', () => {
  using cache = make().open();
  for (let i = 0; i < 500; i++) cache.set(`k${i}`, Buffer.alloc(500));
  const before = cache.stats().chargedBytes;
  cache.clear();
  assert.equal(cache.get('k1'), undefined);
  assert.ok(cache.stats().chargedBytes < before / 10);
});
