import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from './outbox.ts';

test('items for one place go together when the first has waited, or when there are enough', () => {
  const outbox = new Outbox<string>(100, 3);
  const sent: string[] = [];
  const flush = (nowMs: number) => outbox.flush(nowMs, (to, items) => sent.push(`${to}: ${items}`));
  outbox.put('a', 'x', 0);
  outbox.put('a', 'y', 90);
  flush(99);
  assert.deepEqual(sent, []);
  flush(100);
  for (const item of ['1', '2', '3']) outbox.put('b', item, 110);
  flush(111);
  assert.deepEqual(sent, ['a: x,y', 'b: 1,2,3']);
});

test('items are said again as often as asked, with company, and not when they are no longer true', () => {
  const outbox = new Outbox<string>(10, 100, { times: () => 2, afterMs: 100, rng: () => 0.5 });
  const sent: string[] = [];
  const flush = (nowMs: number) =>
    outbox.flush(
      nowMs,
      (_, items) => sent.push(`${nowMs}: ${items}`),
      (item) => item !== 'over' || nowMs < 50,
    );
  outbox.put('a', 'kept', 0);
  outbox.put('a', 'over', 0);
  for (let nowMs = 0; nowMs <= 1000; nowMs += 10) {
    if (nowMs === 110) outbox.put('a', 'new', nowMs);
    flush(nowMs);
  }
  assert.deepEqual(sent, ['10: kept,over', '120: new,kept', '230: new,kept', '340: new']);
});
