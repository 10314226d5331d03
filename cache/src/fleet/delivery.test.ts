import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { Delivery } from './delivery.ts';

test('on a bus that loses nothing everything arrives, and nothing is said again', () => {
  const delivery = new Delivery();
  assert.equal(delivery.ratio, 1);
  for (let number = 65_530; number < 65_560; number++) delivery.onHello('a', number % 2 ** 16);
  assert.equal(delivery.ratio, 1);
  assert.equal(delivery.repeats, 0);
});

test('the share that arrives is found to a few points, and announcements are made three times at 30 % loss', () => {
  const delivery = new Delivery();
  const rng = seededRandom(4);
  for (let number = 0; number < 20; number++)
    for (let pod = 0; pod < 49; pod++) if (rng() >= 0.3) delivery.onHello(`pod-${pod}`, number);
  assert.ok(Math.abs(delivery.ratio - 0.7) < 0.05, `${delivery.ratio}`);
  assert.equal(delivery.repeats, 2);
});

test('greetings that come twice, late, or from a pod begun anew are no loss', () => {
  const delivery = new Delivery();
  for (const number of [1, 2, 2, 4, 3, 5, 40_000, 40_001]) delivery.onHello('a', number);
  // Of 3, which came after 4, nothing is known when 4 comes: it counts as lost.
  assert.equal(delivery.ratio, 4 / 5);
});

test('a pod that makes up gaps, however fast, moves the estimate of a fleet of fifty by less than a tenth', () => {
  const delivery = new Delivery();
  for (let number = 0; number < 20; number++)
    for (let pod = 0; pod < 48; pod++) delivery.onHello(`pod-${pod}`, number);
  for (let i = 0; i < 1000; i++) delivery.onHello('liar', (i * 8) % 2 ** 16);
  assert.ok(delivery.ratio > 0.9, `${delivery.ratio}`);
});

test('a bus is safe once enough greetings came without a gap, and not any more when some are lost', () => {
  const delivery = new Delivery();
  const greet = (pods: number, numbers: readonly number[]) => {
    for (const number of numbers) for (let pod = 0; pod < pods; pod++) delivery.onHello(`pod-${pod}`, number);
  };
  greet(10, [0, 1]);
  assert.equal(delivery.isSafe, false);
  greet(10, [2, 3]);
  assert.equal(delivery.isSafe, true);
  greet(2, [5]);
  assert.equal(delivery.isSafe, false);
});
