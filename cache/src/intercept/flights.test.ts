import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flights, NOBODY_WAITS } from './flights.ts';

test('who throws when told of the end keeps it from nobody else, and fails as it would have alone', async () => {
  const flights = new Flights();
  flights.open('a');
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
  flights.end('a', 'kept');
  leave[2]!();
  assert.match((await failed).message, /planted/);
  process.setUncaughtExceptionCaptureCallback(null);
  assert.deepEqual(told, ['second']);
});
