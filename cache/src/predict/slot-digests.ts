import type { Bytes, Count, Millis } from '../units.ts';
import type { Guess } from './flow-rules.ts';
import { RuleScore } from './rule-score.ts';

/** Keys noted while a slot lasts, and kept of it. */
const MAX_NOTED: Count = 2048;
const MAX_KEPT: Count = 1024;
/** All digests together. */
const MAX_BYTES: Bytes = 1 << 19;
/** Keys are scored apart by how often they were read; one read less often is not worth a prefetch. */
const TIERS = [2, 4, 8] as const;
/** What was noted a day ago counts half. */
const FADE = 0.5;
/**
 * How long before its slot a digest is loaded, and how fast. Not earlier: what is prefetched starts on probation,
 * and after half a minute of other misses it would be gone before its first read.
 */
const EARLY_MS: Millis = 2000;
const KEYS_PER_SECOND = 300;
const SEPARATOR = '\0';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export interface SlotOptions {
  /** Added to the times of accesses gives milliseconds since 1970, UTC. */
  readonly wallOffsetMs: Millis;
  /** Default 900,000 (15 minutes). */
  readonly slotMs?: Millis;
  /** Default 96. */
  readonly slotsPerDay?: Count;
}

interface Digest {
  readonly scores: readonly RuleScore[];
  keys: Uint8Array;
  reads: Float32Array;
}

/**
 * Remembers for each quarter of an hour, weekdays and weekends (UTC) apart, which keys were missed in it and read
 * again, and loads them shortly before the same time of the next such day.
 *
 * A key that a prefetch saved from missing counts as missed, else success would unlearn itself.
 */
export class SlotDigests {
  readonly #wallOffsetMs: Millis;
  readonly #slotMs: Millis;
  readonly #slotsPerDay: Count;
  readonly #earlyMs: Millis;
  readonly #digests = new Map<Count, Digest>();
  readonly #noted = new Map<string, Count>();
  #slot = -1;
  #announced = -1;
  #bytes = 0;
  #due: { readonly key: string; readonly score: RuleScore }[] = [];
  #credit = 0;
  #lastMs = 0;

  constructor(options: SlotOptions) {
    this.#wallOffsetMs = options.wallOffsetMs;
    this.#slotMs = options.slotMs ?? 900_000;
    this.#slotsPerDay = options.slotsPerDay ?? 96;
    this.#earlyMs = Math.min(EARLY_MS, this.#slotMs / 4);
  }

  /** Memory held: digests of at most 512 KiB, and the keys noted in this slot, at most 2,048. */
  get bytes(): Bytes {
    return this.#bytes + this.#noted.size * 100;
  }

  scores(): RuleScore[] {
    return [...this.#digests.values()].flatMap((digest) => digest.scores);
  }

  /** Whether a key missed now that is not noted yet will be. */
  get hasRoom(): boolean {
    return this.#noted.size < MAX_NOTED;
  }

  /** A key was read; `missed` also when only a prefetch kept it from missing. */
  onRead(key: string, missed: boolean): void {
    const reads = this.#noted.get(key);
    if (reads !== undefined) this.#noted.set(key, reads + 1);
    else if (missed && this.hasRoom && !key.includes(SEPARATOR) && key.isWellFormed())
      this.#noted.set(key, 1);
  }

  /** Time goes on: closes a slot that is over, and guesses the keys of the one to come, hottest first. */
  advance(atMs: Millis, guess: Guess): void {
    const slot = this.#slotNumber(atMs);
    if (slot !== this.#slot) {
      if (this.#slot >= 0) this.#close(this.#placeOf(this.#slot));
      this.#slot = slot;
    }
    const coming = this.#slotNumber(atMs + this.#earlyMs);
    if (coming !== this.#announced) {
      this.#announced = coming;
      const digest = this.#digests.get(this.#placeOf(coming));
      this.#due = digest ? dueOf(digest) : [];
      this.#credit = 0;
      this.#lastMs = atMs;
    }
    if (this.#due.length === 0) return;
    this.#credit = Math.min(KEYS_PER_SECOND, this.#credit + ((atMs - this.#lastMs) * KEYS_PER_SECOND) / 1000);
    this.#lastMs = atMs;
    for (; this.#credit >= 1 && this.#due.length > 0; this.#credit--) {
      const { key, score } = this.#due.at(-1)!;
      const outcome = guess(key, score);
      if (outcome === 'busy' || outcome === 'no-budget' || outcome === 'origin-unwell') return;
      this.#due.pop();
    }
  }

  /** Slots since 1970. */
  #slotNumber(atMs: Millis): Count {
    return Math.floor((atMs + this.#wallOffsetMs) / this.#slotMs);
  }

  /** A slot's place in the week: those of weekdays come first, those of weekends after them. */
  #placeOf(slotNumber: Count): Count {
    // 1 January 1970 was a Thursday.
    const weekday = (Math.floor(slotNumber / this.#slotsPerDay) + 4) % 7;
    const weekend = weekday === 0 || weekday === 6;
    return (slotNumber % this.#slotsPerDay) + (weekend ? this.#slotsPerDay : 0);
  }

  #close(slot: Count): void {
    const before = this.#digests.get(slot);
    const reads = new Map<string, number>();
    if (before) keysOf(before).forEach((key, i) => void reads.set(key, before.reads[i]! * FADE));
    for (const [key, count] of this.#noted) reads.set(key, (reads.get(key) ?? 0) + count);
    this.#noted.clear();
    this.#bytes -= before ? bytesOf(before) : 0;
    let room = MAX_BYTES - this.#bytes;
    const kept: [string, number][] = [];
    for (const entry of [...reads].sort(([, a], [, b]) => b - a).slice(0, MAX_KEPT)) {
      room -= 3 * entry[0].length + 5;
      if (entry[1] < TIERS[0] || room < 0) break;
      kept.push(entry);
    }
    if (kept.length === 0) {
      this.#digests.delete(slot);
      return;
    }
    const digest = {
      scores:
        before?.scores ??
        TIERS.map((tier) => new RuleScore('time-of-day', `slot ${slot}, ${tier}+ reads`, this.#slotMs)),
      keys: encoder.encode(kept.map(([key]) => key).join(SEPARATOR)),
      reads: Float32Array.from(kept, ([, count]) => count),
    };
    this.#digests.set(slot, digest);
    this.#bytes += bytesOf(digest);
  }
}

/** The keys of a digest with the score of their tier, the hottest last. */
function dueOf(digest: Digest): { key: string; score: RuleScore }[] {
  return keysOf(digest)
    .map((key, i) => ({
      key,
      score: digest.scores[TIERS.findLastIndex((tier) => digest.reads[i]! >= tier)]!,
    }))
    .reverse();
}

function keysOf(digest: Digest): string[] {
  return decoder.decode(digest.keys).split(SEPARATOR);
}

function bytesOf(digest: Digest): Bytes {
  return digest.keys.byteLength + digest.reads.byteLength;
}
