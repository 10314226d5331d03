import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MovingRate } from './moving-rate.ts';

test('A rate is right from the first look on, however short', () => {
  const rate = new MovingRate(30_000);
  rate.look(5, 100);
  assert.ok(Math.abs(rate.perMs - 0.05) < 1e-12, `${rate.perMs}`);
});

test('A rate that changes for good is followed within three times the span', () => {
  const rate = new MovingRate(1_000);
  for (let look = 0; look < 100; look++) rate.look(10, 100);
  for (let look = 0; look < 30; look++) rate.look(20, 100);
  assert.ok(rate.perMs > 0.19 && rate.perMs <= 0.2, `${rate.perMs}`);
});

test('A burst of a tenth of the span moves the rate by a tenth of the way', () => {
  const rate = new MovingRate(10_000);
  for (let look = 0; look < 1_000; look++) rate.look(10, 100);
  rate.look(2_000, 1_000);
  assert.ok(Math.abs(rate.perMs - 0.29) < 0.001, `${rate.perMs}`);
});

test('What never happened has a rate of nothing', () => {
  assert.equal(new MovingRate(1_000).perMs, 0);
});
