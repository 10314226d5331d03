import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { QUOTA_PER_SECOND, SourceTrust } from './source-trust.ts';

test('no pod is heard for more than its quota, however it spreads its signals', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(500), fc.nat(400)), { minLength: 50, maxLength: 300 }),
      (messages) => {
        const trust = new SourceTrust();
        let nowMs = 0;
        let heard = 0;
        for (const [waitMs, signals] of messages) {
          nowMs += waitMs;
          if (trust.admit('pod-1', signals, nowMs) === 'heard') heard += signals;
        }
        assert.ok(heard <= 2000 + (nowMs / 1000) * QUOTA_PER_SECOND + 1e-6, `${heard} in ${nowMs} ms`);
      },
    ),
    { seed: 3 },
  );
});

test('a pod that is wrong again after its mute is muted sooner and for longer', () => {
  const trust = new SourceTrust();
  for (let i = 0; i < 32; i++) trust.record('liar', 'wrong', 0);
  assert.equal(trust.admit('liar', 1, 299_000), 'muted');
  assert.equal(trust.admit('liar', 1, 301_000), 'heard');
  for (let i = 0; i < 8; i++) trust.record('liar', 'wrong', 301_000);
  assert.equal(trust.admit('liar', 1, 1_400_000), 'muted');
});

test('a pod that is mostly right is never muted', () => {
  const trust = new SourceTrust();
  for (let i = 0; i < 1000; i++) trust.record('honest', i % 5 === 0 ? 'wrong' : 'right', i);
  assert.equal(trust.admit('honest', 1, 1000), 'heard');
});
