import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flights, NOBODY_WAITS } from './flights.ts';

test('who throws when told of the end keeps it from nobody else, and fails as it would have alone', async () => {
  const flights = new Flights();
  const flight = flights.open('a');
  const told: string[] = [];
  const failed = new Promise<Error>((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
  const ends = [
    () => {
      throw new Error('planted by the first');
    },
    () => void told.push('second'),
    () => void told.push('third'),
  ];
  const leave = ends.map((end) => flights.join('a', { ...NOBODY_WAITS, end }));
  flight.end('kept');
  leave[2]!();
  assert.match((await failed).message, /planted/);
  process.setUncaughtExceptionCaptureCallback(null);
  assert.deepEqual(told, ['second']);
});

test('a flight that was given up ends those who wait for it, not the next under its key', async () => {
  const flights = new Flights();
  const told: string[] = [];
  const waitAs = (name: string) => flights.join('a', { ...NOBODY_WAITS, end: () => void told.push(name) });
  const first = flights.open('a');
  waitAs('early');
  flights.giveUp('a');
  assert.equal(flights.isOpen('a'), false);
  flights.open('a');
  waitAs('late');
  first.end('kept');
  await new Promise(setImmediate);
  assert.deepEqual([told, flights.isOpen('a')], [['early'], true]);
});
