import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowRules } from './flow-rules.ts';
import { PeerRules } from './peer-rules.ts';

/** How often a rule guesses within a second of a value each millisecond, once so many of 48 guesses came true. */
function guessesInASecond(right: number): number {
  const rules = new FlowRules(500, new PeerRules());
  const source = rules.sourceOf(0, 'user:{}', 'id')!;
  for (const id of [1, 2, 3, 4]) rules.support(source, 'cart:{}', `cart:${id}`, 5, 6, id);
  const score = rules.scores()[0]!;
  for (let n = 0; n < 48; n++) score.learn(n % 12 < right / 4);
  let guesses = 0;
  for (let atMs = 0; atMs < 1000; atMs++)
    rules.guessBy(source, '7', 'user:7', atMs, (key) => {
      assert.equal(key, 'cart:7');
      guesses++;
      return 'shadow';
    });
  return guesses;
}

test('a doubtful rule guesses a hundred times a second, any other each time', () => {
  assert.equal(guessesInASecond(8), 100);
  assert.equal(guessesInASecond(24), 100);
  assert.equal(guessesInASecond(32), 1000);
  assert.equal(guessesInASecond(44), 1000);
});

test('a field of a value whose name begins with # is looked up in the value', () => {
  const rules = new FlowRules(500, new PeerRules());
  assert.equal(rules.sourceOf(0, 'user:{}', '#text')!.place, 'top');
  assert.equal(rules.sourceOf(0, 'user:{}', '#0')!.place, 'key');
});

test('the fields of a template that no key follows any more make room, and their rules too', () => {
  const rules = new FlowRules(500, new PeerRules());
  for (let id = 0; id < 16; id++)
    for (let i = 0; i < 64; i++) {
      const source = rules.sourceOf(id, `user:${id}:{}`, `f${i}`)!;
      rules.support(source, 'cart:{}', 'cart:1', 5, 6, i);
    }
  assert.equal(rules.sourceOf(16, 'session:{}', 'userId'), undefined);
  const { bytes } = rules;
  const before = rules.sourceAt(0);
  rules.forget(0);
  assert.equal(rules.scores().length, 15 * 64);
  assert.equal(rules.sourceAt(0), undefined);
  for (let i = 0; i < 64; i++) {
    const source = rules.sourceOf(16, 'session:{}', `f${i}`)!;
    assert.notEqual(source, before);
    rules.support(source, 'cart:{}', 'cart:1', 5, 6, i);
  }
  assert.equal(rules.scores().length, 1024);
  assert.equal(rules.bytes, bytes);
});

test('when all room is taken, rules that hold or were switched off stay, and the others go', () => {
  const rules = new FlowRules(500, new PeerRules());
  for (let i = 0; i < 1024; i++)
    rules.support(rules.sourceOf(i >> 6, `user:${i >> 6}:{}`, `f${i}`)!, 'cart:{}', 'cart:1', 5, 6, i);
  const [held, wrong, off, seldom] = rules.scores();
  for (let n = 0; n < 20; n++) {
    held!.learn(true);
    wrong!.learn(false);
    seldom!.learn(n % 2 === 0);
  }
  off!.stopped = true;
  rules.makeRoom();
  assert.deepEqual(rules.scores(), [held, off, seldom]);
  rules.makeRoom();
  assert.equal(rules.scores().length, 3);
});
