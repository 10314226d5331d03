import { READS_OF_HOT, readsOfRank } from '../../src/fleet/expected-reads.ts';
import { REGULARS_STAY } from '../../src/fleet/pod.ts';
import { L1Cache } from '../../src/index.ts';
import type { Count, Ratio } from '../../src/units.ts';
import { keyName } from './key-name.ts';
import type { Insertion, NumberedCache, Why } from './numbered-cache.ts';

const VALUE = {};
/** Far more than the entries take: they are bounded by their number here. */
const BUDGET_BYTES = 2 ** 30;

/** The library's own cache, told of loads as `attachFleet` tells it. */
export class LibraryCache implements NumberedCache {
  readonly regularsStay = REGULARS_STAY;
  readonly #cache: L1Cache<object>;
  /** Loaded ahead and not yet read. */
  readonly #ahead: Uint8Array;

  constructor(capacity: Count, keys: Count, seed: number) {
    this.#cache = new L1Cache({ budgetBytes: BUDGET_BYTES, maxEntries: capacity, seed });
    this.#cache.define('k:', { load: async () => VALUE, prefetchable: true });
    this.#ahead = new Uint8Array(keys);
  }

  holds(id: number): boolean {
    return this.#cache.has(keyName(id));
  }

  read(id: number): 'miss' | 'hit' | 'first-hit' {
    if (this.#cache.get(keyName(id)) === undefined) return 'miss';
    if (this.#ahead[id] === 0) return 'hit';
    this.#ahead[id] = 0;
    return 'first-hit';
  }

  insert(id: number, why: Why, rank: Ratio = 1): Insertion {
    if (this.holds(id)) {
      if (why === 'hot') this.#cache.prefetch(keyName(id), { frequency: READS_OF_HOT });
      return 'held';
    }
    if (why === 'read') this.#cache.set(keyName(id), VALUE);
    else {
      const known =
        why === 'hot'
          ? { frequency: READS_OF_HOT }
          : { frequency: readsOfRank(rank), recency: 'oldest' as const };
      const outcome = this.#cache.set(keyName(id), VALUE, { origin: 'prefetch', ...known });
      if (outcome === 'refused-no-room') return 'no-room';
    }
    this.#ahead[id] = why === 'read' ? 0 : 1;
    return 'started';
  }

  get lesson(): number | undefined {
    return this.#cache.lesson;
  }

  learn(lesson: number): void {
    this.#cache.learn(lesson);
  }

  hottest(max: Count): number[] {
    return this.#cache.hottest(max).map((key) => Number(key.slice(2)));
  }
}
