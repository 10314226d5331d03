import assert from 'node:assert/strict';
import { it } from 'node:test';
import { othersRatio, parseCpuPressure, parseCpuTicks, stealRatio } from './proc-stat.ts';

it('reads what was spent on work and what was stolen, and does not count guest time twice', () => {
  const stat = 'cpu  100 5 50 800 10 1 4 30 20 0\ncpu0 50 2 25 400 5 0 2 15 10 0\nintr 1\n';
  assert.deepEqual(parseCpuTicks(stat), { steal: 30, busy: 160, total: 1000 });
});

it('has no steal where the kernel gives none', () => {
  assert.equal(parseCpuTicks('cpu  100 5 50 800\n'), null);
});

it('gives steal as a share of the time between two readings', () => {
  const before = { steal: 30, busy: 0, total: 1000 };
  assert.equal(stealRatio(before, { steal: 80, busy: 0, total: 2000 }), 0.05);
  assert.equal(stealRatio(before, before), 0);
});

it('gives what others used as the work that was not ours', () => {
  const before = { steal: 0, busy: 100, total: 1000 };
  const after = { steal: 0, busy: 700, total: 2000 };
  assert.equal(othersRatio(before, after, 4_000_000), 0.2);
  assert.equal(othersRatio(before, after, 7_000_000), 0);
  assert.equal(othersRatio(before, before, 0), 0);
});

it('reads the pressure of the last ten seconds as a share', () => {
  const text =
    'some avg10=6.45 avg60=3.60 avg300=4.29 total=62324959\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';
  assert.equal(parseCpuPressure(text), 0.0645);
  assert.equal(parseCpuPressure('nothing'), null);
});
