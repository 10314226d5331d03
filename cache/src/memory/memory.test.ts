import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';
import { CgroupMemory } from './container-memory.ts';
import { PressureFollower } from './pressure.ts';

const MIB = 2 ** 20;
const files = (contents: Record<string, string>) => new CgroupMemory((path) => contents[path]);

test('reads cgroup v2, without the page cache that can be dropped', () => {
  const memory = files({
    '/sys/fs/cgroup/memory.max': '536870912\n',
    '/sys/fs/cgroup/memory.current': '400000000\n',
    '/sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 100000000\nactive_file 5\n',
  });
  assert.equal(memory.limitBytes(), 536_870_912);
  assert.equal(memory.usedBytes(), 300_000_000);
});

test('reads cgroup v1 where v2 is absent, with what the groups below it hold', () => {
  const memory = files({
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '1000000',
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': '900000',
    '/sys/fs/cgroup/memory/memory.stat': 'inactive_file 5\ntotal_inactive_file 7\n',
  });
  assert.equal(memory.limitBytes(), 1_000_000);
  assert.equal(memory.usedBytes(), 899_993);
});

test('no limit is no limit, however it is written', () => {
  assert.equal(files({ '/sys/fs/cgroup/memory.max': 'max\n' }).limitBytes(), undefined);
  assert.equal(
    files({ '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712' }).limitBytes(),
    undefined,
  );
  assert.equal(files({}).usedBytes(), undefined);
});

test('the budget gives way while memory is short, waits for the effect, and comes back slowly', () => {
  let used = 500 * MIB;
  const follower = new PressureFollower({ limitBytes: () => 1000 * MIB, usedBytes: () => used });
  const next = (budget: number) => follower.nextBudget(400 * MIB, budget, budget);
  assert.equal(next(400 * MIB), 400 * MIB);
  used = 950 * MIB;
  const cut = next(400 * MIB);
  assert.equal(cut, 350 * MIB);
  assert.equal(next(cut), cut, 'what was freed may not have reached the system yet');
  used = 850 * MIB;
  assert.equal(next(cut), cut);
  used = 700 * MIB;
  assert.equal(next(cut), 358 * MIB);
  let budget = cut;
  for (let look = 0; look < 50; look++) budget = next(budget);
  assert.equal(budget, 400 * MIB);
});

test('a shortage that does not end leaves a tenth of the budget', () => {
  const follower = new PressureFollower({ limitBytes: () => 1000 * MIB, usedBytes: () => 999 * MIB });
  let budget = 400 * MIB;
  for (let look = 0; look < 100; look++) budget = follower.nextBudget(400 * MIB, budget, budget);
  assert.equal(budget, 40 * MIB);
});

test('a cache gives memory back by itself within moments', async () => {
  let used = 10 * MIB;
  using cache = new L1Cache<string>({
    budgetBytes: 4 * MIB,
    memoryPressure: 'follow',
    containerMemory: { limitBytes: () => 20 * MIB, usedBytes: () => used },
  });
  for (let i = 0; i < 20_000; i++) cache.set(`k${i}`, 'x'.repeat(200));
  used = 19 * MIB;
  while (cache.budgetBytes === 4 * MIB) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(cache.budgetBytes <= 3 * MIB);
  assert.ok(cache.chargedBytes <= cache.budgetBytes);
});
