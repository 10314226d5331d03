import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
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

test('a trace is named after its file without the endings', () => {
  assert.deepEqual(['OLTP.lis.zst', 'orm-busy.trace.gz', 'io.oracleGeneral.bin', 'loop'].map(traceName), [
    'OLTP',
    'orm-busy',
    'io',
    'loop',
  ]);
});
