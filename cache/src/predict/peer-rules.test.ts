import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PeerRules, type Word } from './peer-rules.ts';
import { ruleName, type SharedRule } from './shared-rule.ts';

const RULE: SharedRule = {
  source: 'session.12:{}',
  field: 'userId',
  target: 'profile.14:{}',
  right: 60,
  wrong: 0,
};
const NAME = ruleName(RULE.source, RULE.field, RULE.target);
const SIBLING = 'session.3:{} userId names profile.4:{}';

test('without an example met here, two pods must vouch for this very rule', () => {
  const peers = new PeerRules();
  peers.hear('a', [RULE], 0);
  assert.equal(peers.wordFor(NAME, 'none')?.holds(0.7), false);
  peers.hear('b', [RULE], 0);
  assert.equal(peers.wordFor(NAME, 'none')?.holds(0.7), true);
  assert.equal(peers.wordFor(SIBLING, 'none'), undefined);
});

test('with an example met here, one pod is enough, also one that knows a rule of the same family', () => {
  const peers = new PeerRules();
  peers.hear('a', [RULE], 0);
  assert.equal(peers.wordFor(NAME, 'met')?.holds(0.7), true);
  assert.equal(peers.wordFor(SIBLING, 'met')?.holds(0.7), true);
  assert.equal(peers.wordFor('session.3:{} userId names cart.4:{}', 'met'), undefined);
});

test('counts add up, and must be sure enough together', () => {
  const peers = new PeerRules();
  peers.hear('a', [{ ...RULE, right: 5, wrong: 5 }], 0);
  peers.hear('b', [{ ...RULE, right: 60, wrong: 0 }], 0);
  assert.equal(peers.wordFor(NAME, 'none')?.holds(0.8), true);
  assert.equal(peers.wordFor(NAME, 'none')?.holds(0.95), false);
});

test('a list takes the place of the one before, and is forgotten when its pod falls silent', () => {
  const peers = new PeerRules();
  assert.equal(peers.hear('a', [RULE], 0), true);
  assert.equal(peers.hear('a', [{ ...RULE, right: 61 }], 1000), false);
  assert.deepEqual(peers.targetsOf('session.12:{}', 'userId'), ['profile.14:{}']);
  assert.equal(peers.hear('a', [{ ...RULE, target: 'cart.15:{}' }], 2000), true);
  assert.deepEqual(peers.targetsOf('session.12:{}', 'userId'), ['cart.15:{}']);
  peers.hear('b', [], 1_000_000);
  peers.hear('c', [RULE], 1_000_000);
  assert.deepEqual(peers.targetsOf('session.12:{}', 'userId'), ['profile.14:{}']);
});

test('whatever a pod says and in whatever order, its word costs no more than 32 prefetches that are not read', () => {
  const step = fc.record({
    what: fc.constantFrom('say', 'say-more', 'fetch', 'fetch', 'fetch', 'read'),
    name: fc.constantFrom(NAME, SIBLING),
    waitMs: fc.integer({ min: 0, max: 200_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const peers = new PeerRules();
      const unread: Word[] = [];
      let atMs = 0;
      for (const { what, name, waitMs } of steps) {
        atMs += waitMs;
        const word = peers.wordFor(name, 'met');
        if (what === 'say') peers.hear('liar', [RULE], atMs);
        else if (what === 'say-more') peers.hear('liar', [RULE, { ...RULE, target: `bait${atMs}:{}` }], atMs);
        else if (what === 'read') unread.pop()?.refund();
        else if (word?.holds(0.7)) {
          word.take();
          unread.push(word);
        }
        assert.ok(unread.length <= 32);
      }
    }),
    { numRuns: 200 },
  );
});

test('a pod whose word has cost its quota is not believed again', () => {
  const peers = new PeerRules();
  peers.hear('liar', [RULE], 0);
  let fetched = 0;
  for (let i = 0; i < 1000; i++) {
    peers.hear('liar', i % 2 === 0 ? [RULE] : [], i * 1_000_000);
    const word = peers.wordFor(NAME, 'met');
    if (!word?.holds(0.7)) continue;
    word.take();
    fetched++;
  }
  assert.equal(fetched, 32);
});

test('no number of pods and rules makes it hold more than a thousand rules', () => {
  const peers = new PeerRules();
  for (let pod = 0; pod < 200; pod++)
    peers.hear(
      `pod-${pod}`,
      Array.from({ length: 100 }, (_, i) => ({ ...RULE, field: `field-of-${pod}`, target: `t${i}:{}` })),
      0,
    );
  assert.ok(peers.bytes <= 600_000, `${peers.bytes} bytes`);
});
