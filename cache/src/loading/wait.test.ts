import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { withTimeout } from './wait.ts';

test('a time longer than timers can wait is no time at all, not a millisecond', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const controller = new AbortController();
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const loading = withTimeout('a', 2 ** 31, controller, () => promise);
    mock.timers.tick(1000);
    resolve('v');
    assert.equal(await loading, 'v');
    assert.equal(controller.signal.aborted, false);
  } finally {
    mock.timers.reset();
  }
});

test('a load that throws at once is not timed out later', async () => {
  const controller = new AbortController();
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const load = () => {
      throw new Error('thrown');
    };
    await assert.rejects(withTimeout('a', 500, controller, load), /thrown/);
    mock.timers.tick(500);
    assert.equal(controller.signal.aborted, false);
  } finally {
    mock.timers.reset();
  }
});
