import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { parseCpuMax, parseMemoryMax, readCgroupLimits } from './cgroup.ts';

it('reads a quota as processors’ worth of time', () => {
  assert.equal(parseCpuMax('150000 100000\n'), 1.5);
  assert.equal(parseCpuMax('max 100000\n'), null);
});

it('reads a memory limit in bytes', () => {
  assert.equal(parseMemoryMax('536870912\n'), 536_870_912);
  assert.equal(parseMemoryMax('max\n'), null);
});

it('takes the tightest limit of the cgroup and all above it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'l1bench-test-'));
  try {
    mkdirSync(join(root, 'pod', 'container'), { recursive: true });
    writeFileSync(join(root, 'self'), '0::/pod/container\n');
    writeFileSync(join(root, 'pod', 'cpu.max'), '200000 100000\n');
    writeFileSync(join(root, 'pod', 'memory.max'), '1000\n');
    writeFileSync(join(root, 'pod', 'container', 'cpu.max'), 'max 100000\n');
    writeFileSync(join(root, 'pod', 'container', 'memory.max'), '4000\n');
    assert.deepEqual(await readCgroupLimits(root, join(root, 'self')), { cpus: 2, memoryBytes: 1000 });
  } finally {
    rmSync(root, { recursive: true });
  }
});

it('has no limits where there is no cgroup', async () => {
  assert.deepEqual(await readCgroupLimits('/no/such', '/no/such'), { cpus: null, memoryBytes: null });
});
