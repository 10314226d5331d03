import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import { waitUntilReady } from './wait-until.ts';

const started = (exited: Promise<string>, stop = async () => {}): OwnedProcess => ({
  name: 'svc-07',
  pid: 1,
  exited,
  logTail: () => 'last words',
  stop,
});
const alive = new Promise<string>(() => {});

test('what is ready is waited for no longer', async () => {
  let looks = 0;
  await waitUntilReady(started(alive), async () => {
    looks += 1;
    return looks === 3;
  });
  assert.equal(looks, 3);
});

test('what never serves is ended at the limit, with its name and the end of its log', async () => {
  let stops = 0;
  const process = started(alive, async () => {
    stops += 1;
  });
  await assert.rejects(
    waitUntilReady(process, async () => false, 20),
    { code: 'START_TIMED_OUT', message: /svc-07 .*within 0.02 s.*last words/s },
  );
  assert.equal(stops, 1);
});

test('what ends before it serves is said to have died, and how', async () => {
  await assert.rejects(
    waitUntilReady(started(Promise.resolve('exit code 1')), async () => false),
    { code: 'POD_DIED', message: /svc-07 died \(exit code 1\).*last words/s },
  );
});
