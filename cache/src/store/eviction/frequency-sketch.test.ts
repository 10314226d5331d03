import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrequencySketch } from './frequency-sketch.ts';
import { spread } from './test-hash.ts';

test('never counts a key too low before halving, up to fifteen', () => {
  const sketch = new FrequencySketch();
  sketch.resize(1000);
  for (let key = 0; key < 500; key++) sketch.add(spread(key), key % 20);
  for (let key = 0; key < 500; key++) assert.ok(sketch.estimate(spread(key)) >= Math.min(15, key % 20));
});

test('halves what it knows after sixteen additions an entry', () => {
  const sketch = new FrequencySketch();
  sketch.resize(100);
  sketch.add(spread(1), 12);
  for (let at = 0; at < 159; at++) sketch.add(spread(2), 10);
  assert.equal(sketch.estimate(spread(1)), 6);
});

test('keeps its counts when it grows or shrinks, by whatever part', () => {
  for (const entries of [512, 800, 1000, 1250, 4096]) {
    const sketch = new FrequencySketch();
    sketch.resize(1000);
    for (let key = 0; key < 100; key++) sketch.add(spread(key), 9);
    sketch.resize(entries);
    sketch.shrink(entries);
    for (let key = 0; key < 100; key++) assert.ok(sketch.estimate(spread(key)) >= 9, `${entries} entries`);
  }
});

test('takes less room when made smaller, and counts on', () => {
  const sketch = new FrequencySketch();
  sketch.resize(10_000);
  const before = sketch.tableBytes;
  sketch.shrink(1000);
  assert.ok(sketch.tableBytes <= before / 9);
  for (let key = 0; key < 500; key++) sketch.add(spread(key), 5);
  for (let key = 0; key < 500; key++) assert.ok(sketch.estimate(spread(key)) >= 5);
});

test('takes over the counts of a sketch of another length', () => {
  const [sketch, other] = [new FrequencySketch(), new FrequencySketch()];
  sketch.resize(1000);
  other.resize(800);
  for (let key = 0; key < 100; key++) other.add(spread(key), 7);
  sketch.copy(other);
  for (let key = 0; key < 100; key++) assert.ok(sketch.estimate(spread(key)) >= 7);
});
