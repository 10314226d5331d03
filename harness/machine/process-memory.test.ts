import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readProcessMemory, readTotalBytes, sumByKind } from './process-memory.ts';

const SMAPS = `5581a0000000-5581a4000000 r-xp 00000000 08:01 1234                       /usr/bin/some program
Rss:               40000 kB
Pss:                1000 kB
Pss_Dirty:             0 kB
5581a5000000-5581a6000000 rw-p 00000000 00:00 0                          [heap]
Pss:                 200 kB
7f0000000000-7f0000100000 rw-p 00000000 00:00 0
Pss:                  30 kB
7f0000200000-7f0000300000 rw-p 00000000 00:00 0                          [anon:v8]
Pss:                   5 kB
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]
Pss:                   4 kB
`;

it('sums mappings by what they are, each by its proportional size', () => {
  assert.deepEqual(sumByKind(SMAPS), {
    filesBytes: 1000 * 1024,
    anonymousBytes: 235 * 1024,
    stackBytes: 4 * 1024,
  });
});

it('reads this process, its kinds adding up to the total within 2 %', async () => {
  const { totalBytes, byKind } = await readProcessMemory(process.pid);
  assert.ok(totalBytes > 10 * 1024 * 1024);
  if (process.platform !== 'linux') return assert.equal(byKind, null);
  const sum = byKind!.anonymousBytes + byKind!.filesBytes + byKind!.stackBytes;
  assert.ok(Math.abs(sum / totalBytes - 1) <= 0.02, `${sum} of ${totalBytes}`);
});

it('sees memory that a process takes', async () => {
  const before = await readTotalBytes(process.pid);
  const taken = Buffer.alloc(32 * 1024 * 1024, 1);
  const after = await readTotalBytes(process.pid);
  assert.ok(after - before > 0.9 * taken.length);
});
