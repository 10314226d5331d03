import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Fitness, probeFitness, warningsOf } from './fitness.ts';

const FIT: Omit<Fitness, 'warnings'> = {
  cores: 4,
  cgroupCpuLimit: null,
  cgroupMemoryLimitBytes: null,
  stealRatio: 0,
  cpuPressureRatio: 0.01,
  timerCostNs: 40,
  intrinsicLatencyMaxUs: 300,
};

it('has nothing to say about a fit machine', () => {
  assert.deepEqual(warningsOf(FIT), []);
  assert.deepEqual(warningsOf({ ...FIT, stealRatio: null, cpuPressureRatio: null }), []);
});

it('names each thing that speaks against a machine', () => {
  const unfit = {
    cores: 1,
    cgroupCpuLimit: 0.5,
    stealRatio: 0.1,
    cpuPressureRatio: 0.6,
    intrinsicLatencyMaxUs: 5e4,
  };
  const warnings = warningsOf({ ...FIT, ...unfit });
  const said = [/one processor/, /0.5 of 1/, /took 10 %/, /60 % of the last 10 s/, /50 ms/];
  assert.equal(warnings.length, said.length);
  for (const [index, pattern] of said.entries()) assert.match(warnings[index] ?? '', pattern);
});

it('probes this machine', async () => {
  const fitness = await probeFitness(100);
  assert.ok(fitness.cores >= 1);
  assert.ok(fitness.timerCostNs > 1 && fitness.timerCostNs < 100_000);
  assert.ok(fitness.intrinsicLatencyMaxUs > 0);
});
