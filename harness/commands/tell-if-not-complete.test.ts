import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { tellIfNotComplete } from './tell-if-not-complete.ts';

const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

test('an invalid run ends a command with 4, an interrupted one with 130, a complete one with nothing said', (t) => {
  const write = t.mock.method(process.stderr, 'write', () => true);
  const ends = (state: 'complete' | 'interrupted' | 'invalid') => {
    process.exitCode = before;
    tellIfNotComplete({ state, why: ['svc-02 died.'] });
    return process.exitCode;
  };
  assert.deepEqual([ends('complete'), write.mock.callCount()], [before, 0]);
  assert.deepEqual([ends('invalid'), ends('interrupted')], [4, 130]);
  assert.match(String(write.mock.calls[0]?.arguments[0]), /The run is invalid: svc-02 died/);
});
