import { checkSize } from '../check-options.ts';
import type { Clock } from '../clock.ts';
import type { SetOutcome } from '../options.ts';
import { publishRemoval } from '../telemetry/channels.ts';
import type { Bytes, Count, Millis } from '../units.ts';
import { AccessLog } from './access-log.ts';
import { Budget } from './budget.ts';
import { compact, MOST_HINTED_READS } from './compact.ts';
import { Entries, Flag } from './entries.ts';
import type { EvictionPolicy } from './eviction/policy.ts';
import { type Fill, fillRecord, type Terms } from './fill.ts';
import { KeyDigest } from './key-digest.ts';
import { Lifetimes, type StaleWindows } from './lifetimes.ts';
import { wholeWords } from './payload-sizes.ts';
import { type CacheStats, Counters, type RemovalReason, statsOf } from './stats.ts';
import { StoreTime } from './store-time.ts';
import { bytesOfTags, bytesOfUses, Tags } from './tags.ts';
import { readIfDecodable, type Values } from './values.ts';
import { VersionFences } from './version-fences.ts';

export interface StoreOptions<V> {
  readonly values: Values<V>;
  readonly policy: EvictionPolicy;
  readonly clock: Clock;
  /** `batched`: hits may use a time of the same turn of the event loop, up to 1,024 hits old. `each`: every read looks, for clocks moved by hand. */
  readonly looks: 'batched' | 'each';
  readonly seed: number;
  readonly budgetBytes: Bytes;
  readonly maxEntries: Count;
  readonly windows: StaleWindows;
  readonly refreshAheadRatio: number;
}

const NO_SLOT = -1;
const NO_TAGS: readonly string[] = [];

/** Most slots one round of maintenance looks at: a few milliseconds, should all have expired. */
const LOOKS_PER_ROUND: Count = 40_000;
/** Slots looked at for expired entries before a living one is given up. */
const LOOKS_BEFORE_EVICTION: Count = 8;
/** Free memory outside the heap below this is kept for the next values. */
const LEAST_TRIM: Bytes = 2 ** 21;

/** What is held and nothing else: entries, their order, their ends, and the budget that bounds them. */
export class Store<V> {
  readonly entries: Entries<V>;
  readonly log: AccessLog<V>;
  readonly lifetimes: Lifetimes<V>;
  readonly counters = new Counters();
  readonly fences = new VersionFences();
  readonly budget: Budget<V>;
  readonly #tags = new Tags();
  readonly #policy: EvictionPolicy;
  readonly #time: StoreTime;
  readonly #digest: KeyDigest;
  readonly #looks: 'batched' | 'each';
  /** Goes up with all that comes, leaves or moves. */
  #changes: Count = 0;

  constructor(options: StoreOptions<V>) {
    this.entries = new Entries(options.values);
    this.#policy = options.policy;
    this.#time = new StoreTime(options.clock);
    this.#digest = new KeyDigest(options.seed);
    this.#looks = options.looks;
    this.log = new AccessLog(this.entries, options.policy, options.clock);
    this.lifetimes = new Lifetimes(this.entries, options.windows, options.refreshAheadRatio);
    this.budget = new Budget(this.entries, options.policy, options.budgetBytes, options.maxEntries);
  }

  /** The time in the columns' terms. */
  nowMs(): Millis {
    return this.#time.now();
  }

  /** As `nowMs`, and lets the hits that follow use it. */
  look(): Millis {
    const nowMs = this.#time.now();
    this.log.prepare();
    if (this.#looks === 'batched') this.log.looked(nowMs);
    return nowMs;
  }

  get clockMs(): Millis {
    return this.#time.clockMs;
  }

  put(key: string, value: V, fill: Fill, terms: Terms<V>): SetOutcome {
    const { entries } = this;
    const nowMs = this.#fillTime();
    let slot = entries.slotOf.get(key) ?? NO_SLOT;
    const { version, origin = 'demand', loadCostMs = 0, tags = NO_TAGS } = fill;
    const { life } = terms;
    if (version !== undefined && this.#isOlder(slot, key, version)) return 'refused-older-version';
    const changes = ++this.#changes;
    const isAgeAsked = typeof life !== 'number' || this.log.tap.isHeard;
    const previous =
      slot < 0 || !isAgeAsked
        ? undefined
        : {
            value: readIfDecodable(entries.values, slot) as V,
            version: entries.version(slot),
            ageMs: nowMs - entries.loadedAt(slot),
          };
    let stored = value === undefined ? undefined : entries.values.encode(value);
    if (fill.sizeBytes !== undefined) checkSize(fill.sizeBytes);
    const valueBytes = value === undefined ? 0 : (fill.sizeBytes ?? entries.values.sizeOf(stored));
    this.#digest.take(key);
    const sizeBytes = wholeWords(this.#digest.sizeBytes + valueBytes + bytesOfUses(tags));
    const roomBytes = sizeBytes + (tags.length === 0 ? 0 : bytesOfTags(tags));
    const wantedMs =
      typeof life === 'number'
        ? life
        : life(key, { value, origin, sizeBytes, loadCostMs, version, previous });
    // What decides the life is not ours, and may have read.
    if (typeof life !== 'number') this.#digest.take(key);
    // Pending hits belong to the value that is about to be replaced.
    this.log.settle();
    if (this.#changes !== changes) {
      // Nor is a codec, or a getter of the value: the slot may be another's now, and the bytes another value's.
      slot = entries.slotOf.get(key) ?? NO_SLOT;
      if (version !== undefined && this.#isOlder(slot, key, version)) return 'refused-older-version';
      if (stored !== undefined) stored = entries.values.encode(value);
    }
    const lifeMs = Math.min(wantedMs, terms.maxAgeMs);
    if (!(lifeMs > 0)) return this.#refuse(slot, 'refused-zero-ttl');
    if (!this.budget.couldHold(roomBytes)) return this.#refuse(slot, 'refused-too-large');
    if (slot >= 0) slot = this.#makeRoomInPlace(slot, key, roomBytes);
    if (slot >= 0) this.#dropRareties(slot);
    else {
      // What comes back from an earlier life must not push out what this one has brought.
      if (fill.recency === 'oldest' && !this.budget.fitsOneMore(roomBytes)) return 'refused-no-room';
      if (!this.#makeRoom(roomBytes, nowMs)) return 'refused-too-large';
      slot = this.#enter(key, sizeBytes, fill);
    }
    if (origin === 'prefetch') this.log.unusedPrefetches++;
    this.budget.payloadBytes += sizeBytes - entries.payload.at(slot);
    entries.payload.set(slot, sizeBytes);
    if (value === undefined) entries.values.clear(slot);
    else entries.values.write(slot, stored);
    const flags =
      this.lifetimes.begin(slot, nowMs, lifeMs, terms.refreshable) |
      (origin === 'prefetch' ? Flag.prefetched : 0) |
      (tags.length > 0 ? Flag.tagged : 0);
    const isAged = isAgeAsked || terms.refreshable || terms.maxAgeMs !== Number.POSITIVE_INFINITY;
    entries.note(slot, flags, version, nowMs, isAged ? 'needed' : 'not-needed');
    if (tags.length > 0) this.budget.payloadBytes += this.#tags.add(slot, tags);
    // The first version, age, tag or load cost makes a column for all entries.
    if (this.budget.isExceeded) {
      this.#evictToBudget('evicted');
      if (!entries.slotOf.has(key)) return 'refused-too-large';
    }
    this.counters.fills++;
    const { tap } = this.log;
    if (tap.isHeard) tap.filled(fillRecord(key, value, this.clockMs, origin, version, previous));
    return 'stored';
  }

  /** Begins a new life of the value held, which stays what it is. */
  extend(slot: number, lifeMs: Millis, terms: Pick<Terms<V>, 'refreshable' | 'maxAgeMs'>): void {
    const { entries } = this;
    const nowMs = this.#fillTime();
    const begun = this.lifetimes.begin(slot, nowMs, Math.min(lifeMs, terms.maxAgeMs), terms.refreshable);
    const flags = (entries.flags(slot) & ~Flag.softEnd) | begun;
    entries.note(slot, flags, entries.version(slot), nowMs, 'needed');
    this.log.settle();
    this.#evictToBudget('evicted');
  }

  remove(slot: number, reason: RemovalReason): void {
    this.log.settle();
    this.#policy.onRemove(slot);
    this.#forget(slot, reason);
  }

  /** Counts a read that found nothing to serve and lets the policy know. */
  missed(key: string): void {
    this.log.drain();
    this.log.orderMatters();
    this.counters.misses++;
    this.#digest.takeMissed(key);
    this.#policy.onMiss(this.#digest.hash);
    if (this.log.tap.isHeard) this.log.tap.missed(key);
  }

  servedStale(key: string, slot: number): void {
    if (this.log.tap.isHeard) this.log.tap.servedStale(key, this.entries.values.read(slot));
  }

  removeTagged(tag: string): Count {
    const slots = this.#tags.slotsOf(tag);
    for (const slot of slots) this.remove(slot, 'tag-invalidated');
    return slots.length;
  }

  /** Whether an entry of the usual size fits without another leaving. */
  get hasRoom(): boolean {
    return this.budget.fitsOneMore(this.budget.payloadBytes / Math.max(1, this.entries.size));
  }

  /** Reads lately, as far as the policy counts them; hits still waiting in the log are shown to it first. */
  reads(slot: number): Count {
    this.log.drain();
    return this.#policy.reads?.(slot) ?? 0;
  }

  /** The entry is believed to be read so often: the policy hears of the reads that it has not counted. */
  expect(slot: number, frequency: Count): void {
    const hinted = Math.min(MOST_HINTED_READS, Math.floor(frequency));
    for (let reads = this.reads(slot); reads < hinted; reads++) this.#policy.onHit(slot);
  }

  /** What the policy has learned, for the next process. */
  get lesson(): number | undefined {
    return this.#policy.lesson;
  }

  /** What an earlier process's policy had learned. */
  learn(lesson: number): void {
    this.#policy.learn?.(lesson);
  }

  tagsOf(slot: number): readonly string[] {
    return this.#tags.tagsOf(slot);
  }

  setBudget(budgetBytes: Bytes): void {
    this.budget.budgetBytes = budgetBytes;
    this.log.settle();
    while (this.budget.isExceededWhenCompact && this.entries.size > 0) this.#evict('budget-shrunk');
    if (this.budget.isExceeded) {
      this.#changes++;
      compact(this.entries, this.#policy, this.#tags, this.#digest);
      this.budget.compacted();
    }
    this.#evictToBudget('budget-shrunk');
    this.entries.values.trim();
  }

  stats(): CacheStats {
    return statsOf(this.counters, this.log, this.entries.size, this.budget);
  }

  /** Frees entries past all use, a part of the table at each call; moves times that come near their end. */
  maintain(maxAgeMsOf: (key: string) => Millis): void {
    const nowMs = this.nowMs();
    this.#sweep(nowMs, Math.min(LOOKS_PER_ROUND, this.lifetimes.dueSlots(nowMs)), maxAgeMsOf);
    // After a clear or when all has expired, perhaps no fill comes that would see to it.
    if (this.entries.values.reserveBytes > Math.max(LEAST_TRIM, this.budget.payloadBytes))
      this.entries.values.trim();
    const byMs = this.lifetimes.rebaseBy(nowMs);
    if (byMs === 0) return;
    this.entries.rebase(byMs);
    this.#time.rebase(byMs);
    this.log.forgetTime();
  }

  #sweep(nowMs: Millis, count: Count, maxAgeMsOf: (key: string) => Millis): void {
    this.lifetimes.sweep(
      nowMs,
      count,
      (slot) => this.remove(slot, 'expired'),
      (slot) => this.lifetimes.keepUntil(slot, maxAgeMsOf(this.entries.keys[slot]!)) <= nowMs,
    );
  }

  #isOlder(slot: number, key: string, version: number): boolean {
    const held = slot < 0 ? undefined : this.entries.version(slot);
    return (held !== undefined && version < held) || this.fences.refuses(key, version);
  }

  #fillTime(): Millis {
    return this.log.servesFill() ? this.entries.path.nowMs : Math.trunc(this.look());
  }

  // What is held of the key is no longer true.
  #refuse(slot: number, outcome: SetOutcome): SetOutcome {
    if (slot >= 0) this.remove(slot, 'overwritten');
    return outcome;
  }

  /** Gives a new key a slot and a place in the policy's order. */
  #enter(key: string, sizeBytes: Bytes, fill: Fill): number {
    const slot = this.entries.add(key);
    const { frequency, recency, loadCostMs = 0 } = fill;
    if (frequency === undefined && recency === undefined)
      this.#policy.onInsert(slot, this.#digest.hash, sizeBytes, loadCostMs);
    else this.#placeHinted(slot, sizeBytes, fill);
    return slot;
  }

  /** A hinted frequency is played to the policy as reads before and after. */
  #placeHinted(slot: number, sizeBytes: Bytes, { frequency = 0, recency, loadCostMs = 0 }: Fill): void {
    const { hash } = this.#digest;
    const hinted = Math.min(MOST_HINTED_READS, Math.floor(frequency));
    if (recency === 'oldest' && this.#policy.onRestore) {
      this.#policy.onRestore(slot, hash, sizeBytes, loadCostMs, hinted);
      return;
    }
    if (hinted > 0) this.#policy.onMiss(hash);
    this.#policy.onInsert(slot, hash, sizeBytes, loadCostMs);
    for (let read = 0; read < hinted; read++) this.#policy.onHit(slot);
  }

  #makeRoom(roomBytes: Bytes, nowMs: Millis): boolean {
    if (this.lifetimes.mayHaveEnded(nowMs) && !this.budget.fitsOneMore(roomBytes)) {
      this.#sweep(nowMs, LOOKS_BEFORE_EVICTION, () => Number.POSITIVE_INFINITY);
    }
    while (!this.budget.fitsOneMore(roomBytes)) {
      if (this.entries.size === 0) return false;
      this.#evict('evicted');
    }
    // The index doubles at once and then takes the place of many values: their memory must go back.
    const { values } = this.entries;
    if (values.reserveBytes > LEAST_TRIM && values.reserveBytes > this.budget.budgetBytes / 64) values.trim();
    return true;
  }

  /** The slot, or -1 when making room for its larger value took the slot itself. */
  #makeRoomInPlace(slot: number, key: string, roomBytes: Bytes): number {
    const more = roomBytes - this.entries.payload.at(slot);
    while (!this.budget.fits(more)) {
      this.#evict('evicted');
      if (!this.entries.slotOf.has(key)) return -1;
    }
    return slot;
  }

  #evictToBudget(reason: 'evicted' | 'budget-shrunk'): void {
    while (this.budget.isExceeded && this.entries.size > 0) this.#evict(reason);
  }

  #evict(reason: 'evicted' | 'budget-shrunk'): void {
    this.log.orderMatters();
    this.#forget(this.#policy.evict(), reason);
  }

  #forget(slot: number, reason: RemovalReason): void {
    this.#changes++;
    publishRemoval(this.entries.keys[slot]!, reason);
    this.counters.removals[reason]++;
    this.#dropRareties(slot);
    this.budget.payloadBytes -= this.entries.payload.at(slot);
    this.entries.remove(slot);
  }

  // What the value that goes had beyond a life and a size.
  #dropRareties(slot: number): void {
    const flags = this.entries.flags(slot);
    if (flags === 0) return;
    if ((flags & Flag.tagged) !== 0) this.budget.payloadBytes -= this.#tags.remove(slot);
    if ((flags & Flag.prefetched) !== 0) this.log.unusedPrefetches--;
  }
}
