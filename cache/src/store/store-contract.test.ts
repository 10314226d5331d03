import { L1Cache, type L1CacheOptions } from '../index.ts';
import type { TestClock } from '../test-clock.ts';
import { testStore } from './store.contract.ts';
import { ReferenceStore } from './test-reference-store.ts';

const utf8 = {
  encode: (text: string) => Buffer.from(text),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
};

function cacheOf(budgetBytes: number, clock: TestClock, values: L1CacheOptions<string>['values']) {
  const containerMemory = { limitBytes: () => undefined, usedBytes: () => undefined };
  return new L1Cache<string>({ budgetBytes, clock, seed: 1, containerMemory, ...(values && { values }) });
}

testStore('the plain reference', (budgetBytes, clock) => new ReferenceStore(budgetBytes, clock));
testStore('values by reference', (budgetBytes, clock) => cacheOf(budgetBytes, clock, 'reference'));
testStore('values as bytes', (budgetBytes, clock) => cacheOf(budgetBytes, clock, utf8));
