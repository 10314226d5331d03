import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GhostTable } from './ghost-table.ts';
import { spread } from './test-hash.ts';

function tableOf(entries: number): GhostTable {
  const table = new GhostTable();
  table.resize(entries);
  table.setReach(entries);
  return table;
}

test('remembers nearly all keys within reach, each for one answer', () => {
  const table = tableOf(1000);
  for (let key = 0; key < 1000; key++) table.add(spread(key));
  let remembered = 0;
  for (let key = 0; key < 1000; key++) if (table.take(spread(key))) remembered++;
  assert.ok(remembered > 900, `${remembered} of 1000`);
  for (let key = 0; key < 1000; key++) assert.ok(!table.take(spread(key)));
});

test('forgets keys that left too long ago, also when the tick is coarse', () => {
  for (const entries of [100, 100_000]) {
    const table = tableOf(entries);
    table.add(spread(-1));
    for (let key = 0; key < 1.1 * entries; key++) table.add(spread(key));
    assert.equal(table.take(spread(-1)), false);
  }
});

test('takes an unknown key for a known one hardly ever', () => {
  const table = tableOf(10_000);
  for (let key = 0; key < 10_000; key++) table.add(spread(key));
  let wrong = 0;
  for (let key = 1_000_000; key < 1_100_000; key++) if (table.take(spread(key))) wrong++;
  assert.ok(wrong < 50, `${wrong} of 100,000`);
});

test('takes less room when made smaller, and remembers as many departures as it is for then', () => {
  const table = tableOf(10_000);
  const before = table.tableBytes;
  table.shrink(1000);
  table.setReach(1000);
  assert.ok(table.tableBytes <= before / 9);
  for (let key = 0; key < 1000; key++) table.add(spread(key));
  const known = [...Array(1000).keys()].filter((key) => table.take(spread(key)));
  assert.ok(known.length > 900, `${known.length} of 1000`);
});
