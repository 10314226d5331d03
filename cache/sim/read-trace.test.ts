import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { TraceError } from './formats.ts';
import { readTrace, traceName } from './read-trace.ts';

test('reads plain, gzip and Zstandard by their first bytes, whatever the file is called', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'l1-sim-'));
  try {
    const plain = Buffer.from('1\n2\n1\n');
    for (const bytes of [plain, gzipSync(plain), zstdCompressSync(plain)]) {
      const path = join(folder, 'small.trace');
      await writeFile(path, bytes);
      assert.deepEqual([...(await readTrace(path)).keys], [0, 1, 0]);
    }
    await writeFile(join(folder, 'damaged'), zstdCompressSync(plain).subarray(0, 10));
    await assert.rejects(readTrace(join(folder, 'damaged')), /the compressed data is damaged/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('reads every Zstandard frame of a file, and skips those without data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'l1-sim-'));
  try {
    const path = join(folder, 'frames.lirs.zst');
    const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]);
    const frame = zstdCompressSync(Buffer.from('1\n2\n'));
    await writeFile(path, Buffer.concat([skippable, frame, frame]));
    assert.deepEqual([...(await readTrace(path)).keys], [0, 1, 0, 1]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a first key that begins like gzip is a key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'l1-sim-'));
  try {
    const path = join(folder, 'keys.be32');
    await writeFile(path, Buffer.from([0x1f, 0x8b, 0, 1, 0, 0, 0, 2]));
    assert.deepEqual([...(await readTrace(path)).keys], [0, 1]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a folder in place of a file is refused with its path', async () => {
  await assert.rejects(
    readTrace(tmpdir()),
    (error: Error) => error instanceof TraceError && error.message.startsWith(tmpdir()),
  );
});

test('a trace is named after its file without the endings', () => {
  assert.deepEqual(['OLTP.lis.zst', 'orm-busy.trace.gz', 'io.oracleGeneral.bin', 'loop'].map(traceName), [
    'OLTP',
    'orm-busy',
    'io',
    'loop',
  ]);
});
