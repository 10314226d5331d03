import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';

const KIB = 1024;

/** Reads and fills keys of which few are read most; the budget must hold after each. */
function use(cache: L1Cache<boolean>, sizeBytes: number): void {
  let state = 1;
  for (let read = 0; read < 40_000; read++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const key = `k${Math.floor(20_000 * (state / 2 ** 32) ** 3)}`;
    if (cache.get(key) === undefined) cache.set(key, true, { sizeBytes });
    assert.ok(cache.chargedBytes <= cache.budgetBytes, `${cache.chargedBytes} charged after ${read} reads`);
  }
}

for (const budgetBytes of [24 * KIB, 100 * KIB, 500 * KIB, 1024 * KIB]) {
  for (const sizeBytes of [20, 200]) {
    test(`a budget of ${budgetBytes / KIB} KiB goes to entries of ${sizeBytes} bytes, not to learning, also when it is halved`, () => {
      const cache = new L1Cache<boolean>({ budgetBytes, seed: 1 });
      use(cache, sizeBytes);
      const most = budgetBytes / (sizeBytes + 160);
      assert.ok(cache.size > most / 2, `${cache.size} of ${most} entries`);
      cache.setBudget(budgetBytes / 2);
      assert.ok(cache.chargedBytes <= cache.budgetBytes, `${cache.chargedBytes} charged`);
      use(cache, sizeBytes);
      assert.ok(cache.size > most / 4, `${cache.size} of ${most / 2} entries when halved`);
    });
  }
}

for (const part of [4, 16, 64]) {
  test(`of a budget cut to one part in ${part} the tables keep no more than their share`, () => {
    const cache = new L1Cache<boolean>({ budgetBytes: 8 * 1024 * KIB, seed: 1 });
    for (let key = 0; key < 100_000; key++) cache.set(`k${key}`, true, { sizeBytes: 20 });
    const before = cache.size;
    cache.setBudget(cache.budgetBytes / part);
    assert.ok(cache.chargedBytes <= cache.budgetBytes, `${cache.chargedBytes} charged`);
    assert.ok(cache.size > (0.8 * before) / part, `${cache.size} of ${before} entries`);
  });
}
