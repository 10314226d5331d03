import type { Count, Millis } from '../units.ts';
import type { KeyHash } from './namespaces.ts';

/** A key this pod has seen, so that it can make sense of its digest. */
export interface KnownKey {
  readonly key: string;
  /** Which state of the value was fetched last; NaN when the origin offers nothing to tell states apart. */
  stamp: number;
  /** The last state another pod announced, so that one change is announced once. */
  heardStamp: number;
  /** When, and by whom, this pod was last told that the value had changed. */
  noticedMs: Millis;
  noticedBy: string | undefined;
}

/** How many held keys are passed over to find one to forget. */
const SPARED = 8;

/** Keys by digest: the latest seen, and those still in the cache. */
export class KeyDirectory {
  readonly #keys = new Map<KeyHash, KnownKey>();
  #oldest = this.#keys.entries();
  readonly #capacity: Count;
  readonly #holds: (key: string) => boolean;

  constructor(capacity: Count, holds: (key: string) => boolean) {
    this.#capacity = capacity;
    this.#holds = holds;
  }

  get(hash: KeyHash): KnownKey | undefined {
    return this.#keys.get(hash);
  }

  see(hash: KeyHash, key: string): KnownKey {
    let known = this.#keys.get(hash);
    if (known === undefined) {
      known = {
        key,
        stamp: Number.NaN,
        heardStamp: Number.NaN,
        noticedMs: Number.NEGATIVE_INFINITY,
        noticedBy: undefined,
      };
      this.#keys.set(hash, known);
      if (this.#keys.size > this.#capacity) this.#forgetOne();
    }
    return known;
  }

  /**
   * The oldest goes; held keys get another turn, up to a few. One iterator is kept: it goes on behind the places of
   * what was deleted, where a new one would walk over all of them each time.
   */
  #forgetOne(): void {
    for (let spared = 0; ; ) {
      const next = this.#oldest.next();
      if (next.done) {
        this.#oldest = this.#keys.entries();
        continue;
      }
      const [hash, known] = next.value;
      this.#keys.delete(hash);
      if (spared++ >= SPARED || !this.#holds(known.key)) return;
      this.#keys.set(hash, known);
    }
  }
}
