import type { Bytes, Count } from '../units.ts';
import type { Entries } from './entries.ts';
import type { EvictionPolicy } from './eviction/policy.ts';

/** What a policy that does not tell its size is taken to need. */
const POLICY_BYTES_PER_SLOT: Bytes = 32;

/** Keeps payload and tables together within the bound, and decides when the tables may grow. */
export class Budget<V> {
  #budgetBytes: Bytes = 0;
  /** Keys, values and tags. */
  payloadBytes: Bytes = 0;
  readonly maxEntries: Count;
  /** Slots that the policy's tables have room for. */
  #policyCapacity: Count = 0;
  readonly #entries: Entries<V>;
  readonly #policy: EvictionPolicy;

  constructor(entries: Entries<V>, policy: EvictionPolicy, budgetBytes: Bytes, maxEntries: Count) {
    this.#entries = entries;
    this.#policy = policy;
    this.maxEntries = maxEntries;
    this.budgetBytes = budgetBytes;
  }

  get budgetBytes(): Bytes {
    return this.#budgetBytes;
  }

  set budgetBytes(budgetBytes: Bytes) {
    this.#budgetBytes = budgetBytes;
    this.#policy.setBudget?.(budgetBytes);
  }

  /** Everything: payload, the index, the columns, the policy's order. */
  get chargedBytes(): Bytes {
    return this.payloadBytes + this.#entries.tableBytes + this.#policyBytes();
  }

  get isExceeded(): boolean {
    return this.chargedBytes > this.#budgetBytes;
  }

  /** Whether the budget would still be exceeded if no table had a free slot. */
  get isExceededWhenCompact(): boolean {
    const { size, capacity, tableBytes, indexBytes } = this.#entries;
    const columns = (tableBytes - indexBytes) * (1 - size / Math.max(1, capacity));
    const policy = this.#policy.shrink
      ? this.#policyBytes() * (1 - size / Math.max(1, this.#policyCapacity))
      : 0;
    return this.chargedBytes - columns - policy > this.budgetBytes;
  }

  /** The columns have no free slot any more: the policy need not keep more of them either. */
  compacted(): void {
    if (!this.#policy.shrink) return;
    this.#policyCapacity = this.#entries.capacity;
    this.#policy.shrink(this.#policyCapacity);
  }

  /** Whether an entry of the size would fit into an empty cache. */
  couldHold(sizeBytes: Bytes): boolean {
    // What is held could go for it; the sum below is for the first entries and the very large.
    if (sizeBytes <= this.payloadBytes) return true;
    return this.#fitsAtCapacity(sizeBytes, this.#entries.capacity, 0) || this.#mayGrow('tight', sizeBytes, 0);
  }

  /** Whether the payload may become so much larger. */
  fits(moreBytes: Bytes): boolean {
    return this.chargedBytes + moreBytes <= this.budgetBytes;
  }

  /** Whether one more entry of the size fits; grows the tables when they are full and there is room. */
  fitsOneMore(sizeBytes: Bytes): boolean {
    const entries = this.#entries;
    if (entries.size >= this.maxEntries) return false;
    if (entries.mustGrow) return this.#growFor(sizeBytes);
    const tables = entries.tableBytesAfterAdd + this.#policyBytes();
    return this.payloadBytes + sizeBytes + tables <= this.#budgetBytes;
  }

  #growFor(sizeBytes: Bytes): boolean {
    const entries = this.#entries;
    for (const growth of ['normal', 'tight'] as const) {
      if (!this.#mayGrow(growth, sizeBytes, this.payloadBytes)) continue;
      const capacity = Math.min(entries.grownCapacity(growth), this.maxEntries);
      entries.grow(capacity);
      if (capacity > this.#policyCapacity) {
        this.#policy.grow(capacity);
        this.#policyCapacity = capacity;
      }
      // The policy's shadows may have taken more than their part.
      return this.#fitsAtCapacity(sizeBytes, capacity, this.payloadBytes);
    }
    return false;
  }

  #mayGrow(growth: 'normal' | 'tight', sizeBytes: Bytes, payloadBytes: Bytes): boolean {
    return this.#fitsAtCapacity(sizeBytes, this.#entries.grownCapacity(growth), payloadBytes);
  }

  #fitsAtCapacity(sizeBytes: Bytes, capacity: Count, payloadBytes: Bytes): boolean {
    const tables = this.#entries.tableBytesWith(capacity) + this.#policyBytesWith(capacity);
    return payloadBytes + sizeBytes + tables <= this.budgetBytes;
  }

  #policyBytes(): Bytes {
    return this.#policy.tableBytes ?? this.#entries.capacity * POLICY_BYTES_PER_SLOT;
  }

  #policyBytesWith(capacity: Count): Bytes {
    const held = this.#policyCapacity;
    const told = this.#policy.tableBytes;
    if (told === undefined || held === 0) return capacity * POLICY_BYTES_PER_SLOT;
    return capacity <= held ? told : (told / held) * capacity;
  }
}
