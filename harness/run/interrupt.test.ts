import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interruptible, unlessInterrupted } from './interrupt.ts';

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${name} interrupts, and the error says what is kept`, () => {
    using interrupt = interruptible('nothing');
    process.emit(name);
    assert.match(interrupt.signal.reason.hint, /Nothing was kept/);
    assert.equal(interrupt.signal.reason.exitCode, 130);
  });
}

test('one press that arrives twice is one press, and a later one leaves at once', (t) => {
  const exit = t.mock.method(process, 'exit', () => undefined as never);
  let nowMs = 1_000;
  using interrupt = interruptible('what was measured', () => nowMs);
  process.emit('SIGTERM');
  nowMs += 20;
  process.emit('SIGTERM');
  assert.ok(interrupt.signal.aborted);
  assert.equal(exit.mock.callCount(), 0);
  nowMs += 2_000;
  process.emit('SIGINT');
  assert.deepEqual(exit.mock.calls[0]?.arguments, [130]);
});

test('what fails because Ctrl-C ended a program that it needs is told as interrupted', async () => {
  using interrupt = interruptible('nothing');
  const work = unlessInterrupted(interrupt.signal, async () => {
    setImmediate(() => process.emit('SIGINT'));
    throw new Error('git was killed with SIGINT');
  });
  await assert.rejects(work, { code: 'INTERRUPTED' });
});

test('what fails by itself is told as it is', async () => {
  const work = unlessInterrupted(new AbortController().signal, async () => {
    throw new Error('git is broken');
  });
  await assert.rejects(work, /git is broken/);
});
