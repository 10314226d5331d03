import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cpuUsedUs, parsePsTimeUs } from './process-cpu.ts';

it('sees CPU time that a process uses, and none of one that is not there', async () => {
  const [before = 0] = await cpuUsedUs([process.pid]);
  const own = process.cpuUsage();
  const usedUs = (): number => {
    const { user, system } = process.cpuUsage(own);
    return user + system;
  };
  while (usedUs() < 60_000);
  const [after = 0, gone] = await cpuUsedUs([process.pid, 999_999_999]);
  // Whole ticks of 10 ms at both ends.
  assert.ok(after - before >= 40_000, `${after - before} µs`);
  assert.equal(gone, 0);
});

it('reads the times that ps prints', () => {
  assert.equal(parsePsTimeUs('0:01.25'), 1_250_000);
  assert.equal(parsePsTimeUs('02:03:04'), 7_384_000_000);
  assert.equal(parsePsTimeUs('1-00:00:01'), 86_401_000_000);
});
