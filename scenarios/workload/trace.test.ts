import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { buildTopology } from '../topology/build.ts';
import { type ArrivalPlan, arrivals } from './arrivals.ts';
import { readTrace, traceFormatOf } from './trace-file.ts';
import { parseTrace, type TraceFormat } from './trace-format.ts';
import { createTraceKeys } from './trace-keys.ts';

const be32 = (...keys: number[]): Buffer => {
  const bytes = Buffer.alloc(keys.length * 4);
  for (const [i, key] of keys.entries()) bytes.writeUInt32BE(key, i * 4);
  return bytes;
};

test('every format gives the accesses in order, keys numbered by first access', () => {
  const be64 = Buffer.alloc(24);
  for (const [i, key] of [2n ** 60n, 2n ** 60n + 1n, 2n ** 60n].entries()) be64.writeBigUInt64BE(key, i * 8);
  const cases: [TraceFormat, Buffer, number[]][] = [
    ['be32', be32(7, 9, 7), [0, 1, 0]],
    ['be64', be64, [0, 1, 0]],
    ['lirs', Buffer.from('5\n\n*\n6\n5\n'), [0, 1, 0]],
    ['arc', Buffer.from('10 3 0 1\n11 1 0 2\n'), [0, 1, 2, 1]],
    ['adapt', Buffer.from('1 5 100\n2 5 200\n3 5 100\n'), [0, 1, 0]],
  ];
  for (const [format, bytes, expected] of cases) {
    const trace = parseTrace('t', bytes, format);
    assert.deepEqual([...trace.ids], expected, format);
    assert.equal(trace.uniqueKeys, new Set(expected).size);
  }
});

test('a malformed trace is refused with the place and what stands there', () => {
  const cases: [TraceFormat, Buffer, RegExp][] = [
    ['be32', Buffer.from([0, 0, 0, 1, 0, 0]), /byte 4 .*2 bytes left over/],
    ['lirs', Buffer.from('5\nsix\n'), /byte 2 .*"six" is not a whole number/],
    ['arc', Buffer.from('10 3 0 1\n11 1\n'), /byte 9 .*has 2 fields, not 4/],
    ['adapt', Buffer.from('1 5 x\n'), /byte 0 .*"x" is not a whole number/],
    ['lirs', Buffer.from('*\n'), /no access/],
    ['arc', Buffer.from('1 17000000 0 0\n'), /more than 16,777,216 different keys/],
  ];
  for (const [format, bytes, message] of cases) {
    assert.throws(() => parseTrace('t', bytes, format), { code: 'TRACE_MALFORMED', message });
  }
});

test('the file name says the format, and one that does not is refused', () => {
  assert.equal(traceFormatOf('orm-busy.trace.zst'), 'be32');
  assert.equal(traceFormatOf('corda-vaultservice.zst'), 'be64');
  assert.equal(traceFormatOf('loop.trace.zst'), 'lirs');
  assert.equal(traceFormatOf('OLTP.lis.zst'), 'arc');
  assert.equal(traceFormatOf('adapt-size.trace.zst'), 'adapt');
  assert.equal(traceFormatOf('mine.be64.gz'), 'be64');
  // Only whole words: these end in `cs` and begin with `adapt` and `corda`.
  for (const name of ['metrics.trace', 'adaptive.trace', 'cordage.trace'])
    assert.equal(traceFormatOf(name), 'be32', name);
  assert.throws(() => traceFormatOf('mine.bin'), { code: 'TRACE_FORMAT' });
});

test('plain, gzip and Zstandard files are read; a damaged or missing one is refused', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'l1bench-trace-'));
  t.after(() => rm(folder, { recursive: true }));
  const write = async (name: string, bytes: Buffer): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  const plain = be32(1, 2, 1);
  const files = {
    'a.be32': plain,
    'a.be32.gz': gzipSync(plain),
    'a.be32.zst': zstdCompressSync(plain),
    'frames.be32.zst': Buffer.concat([zstdCompressSync(be32(1, 2)), zstdCompressSync(be32(1))]),
  };
  for (const [name, bytes] of Object.entries(files)) {
    assert.deepEqual([...(await readTrace(await write(name, bytes))).ids], [0, 1, 0]);
  }
  const likeGzip = await write('c.be32', be32(0x1f8b0001, 2));
  assert.deepEqual([...(await readTrace(likeGzip)).ids], [0, 1]);
  const cut = await write('b.be32.zst', zstdCompressSync(be32(...Array(1000).keys())).subarray(0, 60));
  await assert.rejects(readTrace(cut), { code: 'TRACE_MALFORMED' });
  await assert.rejects(readTrace(join(folder, 'none.be32')), { code: 'TRACE_MISSING' });
});

test('every read walks its own contiguous part of the trace, and the next block goes on from there', () => {
  const topology = buildTopology({ services: 10, seed: 1, fanOutMean: 2, fanOutDistribution: 'constant' });
  const trace = { ids: Uint32Array.from({ length: 500_000 }, (_, i) => i), uniqueKeys: 500_000 };
  const plan: ArrivalPlan = { topology, seed: 1, stream: 0, ratePerSecond: 1000, durationMs: 5000 };
  const walked = new Map<string, number[]>();
  const walk = (stream: number): void => {
    for (const arrival of arrivals({ ...plan, stream }, createTraceKeys(trace, { ...plan, stream }))) {
      arrival.keys.forEach((id, i) => {
        const read = `${arrival.requestType}/${i}`;
        walked.set(read, [...(walked.get(read) ?? []), id]);
      });
    }
  };
  walk(0);
  const ends = new Map([...walked].map(([read, ids]) => [read, ids[ids.length - 1]!]));
  for (const ids of walked.values()) {
    assert.deepEqual(
      ids,
      ids.map((_, i) => ids[0]! + i),
    );
  }
  walked.clear();
  walk(1);
  for (const [read, ids] of walked) {
    const jump = Math.abs(ids[0]! - ends.get(read)!);
    assert.ok(jump < 400, `read ${read} jumps by ${jump}`);
  }
});

const shared = fileURLToPath(new URL('../../../shared/traces/web07.trace.zst', import.meta.url));
test('a real trace has the accesses and keys that its source states', {
  skip: existsSync(shared) ? false : 'the shared traces are not on this machine',
}, async () => {
  const trace = await readTrace(shared);
  assert.equal(trace.ids.length, 76_118);
  assert.equal(trace.uniqueKeys, 20_484);
});
