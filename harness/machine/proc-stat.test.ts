import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseCpuPressure, parseStealTicks, stealRatio } from './proc-stat.ts';

it('reads steal as the eighth column and does not count guest time twice', () => {
  const stat = 'cpu  100 5 50 800 10 1 4 30 20 0\ncpu0 50 2 25 400 5 0 2 15 10 0\nintr 1\n';
  assert.deepEqual(parseStealTicks(stat), { steal: 30, total: 1000 });
});

it('has no steal where the kernel gives none', () => {
  assert.equal(parseStealTicks('cpu  100 5 50 800\n'), null);
});

it('gives steal as a share of the time between two readings', () => {
  assert.equal(stealRatio({ steal: 30, total: 1000 }, { steal: 80, total: 2000 }), 0.05);
  assert.equal(stealRatio({ steal: 30, total: 1000 }, { steal: 30, total: 1000 }), 0);
});

it('reads the pressure of the last ten seconds as a share', () => {
  const text =
    'some avg10=6.45 avg60=3.60 avg300=4.29 total=62324959\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';
  assert.equal(parseCpuPressure(text), 0.0645);
  assert.equal(parseCpuPressure('nothing'), null);
});
