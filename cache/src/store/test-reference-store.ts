import type { TestClock } from '../test-clock.ts';
import type { Bytes, Count, Millis } from '../units.ts';
import type { ContractStore } from './store.contract.ts';
import { stringBytes } from './string-bytes.ts';

interface Entry {
  readonly value: string;
  readonly endsMs: Millis;
  readonly tags: readonly string[];
  readonly version: number | undefined;
  readonly bytes: Bytes;
}

/** The plainest store that keeps the contract: a `Map` that gives up its oldest entry. For tests. */
export class ReferenceStore implements ContractStore {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: TestClock;
  budgetBytes: Bytes;
  chargedBytes: Bytes = 0;

  constructor(budgetBytes: Bytes, clock: TestClock) {
    this.budgetBytes = budgetBytes;
    this.#clock = clock;
  }

  get size(): Count {
    return this.#entries.size;
  }

  get(key: string): string | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.endsMs > this.#clock.now() ? entry.value : undefined;
  }

  set(
    key: string,
    value: string,
    options: { readonly ttlMs?: Millis; readonly tags?: readonly string[]; readonly version?: number } = {},
  ): void {
    const { ttlMs = Number.POSITIVE_INFINITY, tags = [], version } = options;
    const held = this.#entries.get(key)?.version;
    if (version !== undefined && held !== undefined && version < held) return;
    this.delete(key);
    const bytes = stringBytes(key) + stringBytes(value);
    if (bytes > this.budgetBytes) return;
    this.#entries.set(key, { value, endsMs: this.#clock.now() + ttlMs, tags, version, bytes });
    this.chargedBytes += bytes;
    this.setBudget(this.budgetBytes);
  }

  delete(key: string): boolean {
    this.chargedBytes -= this.#entries.get(key)?.bytes ?? 0;
    return this.#entries.delete(key);
  }

  invalidateTag(tag: string): Count {
    const tagged = [...this.#entries].filter(([, { tags }]) => tags.includes(tag));
    for (const [key] of tagged) this.delete(key);
    return tagged.length;
  }

  clear(prefix = ''): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.delete(key);
  }

  setBudget(budgetBytes: Bytes): void {
    this.budgetBytes = budgetBytes;
    for (const key of this.#entries.keys()) {
      if (this.chargedBytes <= budgetBytes) break;
      this.delete(key);
    }
  }
}
