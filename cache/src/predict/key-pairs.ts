import type { Bytes, Count, Millis, Ratio } from '../units.ts';
import { ContextTable } from './context-table.ts';
import type { Guess } from './flow-rules.ts';
import { KeyLog } from './key-log.ts';
import { RuleScore } from './rule-score.ts';

const SINGLE_ROWS: Count = 1 << 16;
const DOUBLE_ROWS: Count = 1 << 16;
const KEY_ROWS: Count = 1 << 16;
const KEY_TEXT_BYTES: Bytes = 800_000;
/** Misses looked back on. */
const HISTORY = 256;
/** Guesses remembered so as not to be repeated. */
const GUESSED = 64;
/** How many of the misses that came early enough are credited with a miss now. */
const WINDOW: Count = 8;
/** An older miss is no sign of what comes now. */
const HORIZON_MS: Millis = 1000;
/**
 * All misses are learned from at first, for so long or so many of them, and while any class of guesses holds, else
 * those of one second in four.
 */
const EAGER_MS: Millis = 30_000;
const EAGER: Count = 10_000;
const LOOK_MS: Millis = 1000;
const LOOK_EVERY = 4;
const HOLDS: Ratio = 0.5;
/** Confidence is scored apart by how often a context was met and how surely it was followed. */
const SUPPORT_STEPS = [2, 3, 5, 9, 17] as const;
const SURENESS_STEPS = [0.35, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/**
 * Learns which keys are missed one after another, early enough for a load to be ready in time.
 *
 * As MITHRIL (Yang et al., SoCC 2017) it learns from misses only; a key that a prefetch saved from missing counts
 * as a miss, else success would unlearn itself. Three things are different. A miss is credited only to those at
 * least one load time before it. Contexts are the last key and the last two keys, for two in a row say far more.
 * And what a count of 3 in 4 is worth is not assumed but scored, class by class, by what came true.
 */
export class KeyPairs {
  readonly #single: ContextTable;
  readonly #double: ContextTable;
  readonly #keys: KeyLog;
  readonly #scores: readonly RuleScore[];
  readonly #singles = new Uint32Array(HISTORY);
  readonly #doubles = new Uint32Array(HISTORY);
  readonly #atMs = new Float64Array(HISTORY).fill(Number.NEGATIVE_INFINITY);
  /** Guesses under way: several contexts in a row tend to say the same. */
  readonly #guessed = new Uint32Array(GUESSED);
  #head = 0;
  #previous = 0;
  #untilMs: Millis | undefined;
  #second = 0;
  #misses = 0;
  #isLooking = true;

  constructor(rng: () => number) {
    this.#single = new ContextTable(SINGLE_ROWS, rng);
    this.#double = new ContextTable(DOUBLE_ROWS, rng);
    this.#keys = new KeyLog(KEY_TEXT_BYTES, KEY_ROWS);
    this.#scores = ['one key', 'two keys'].flatMap((context) =>
      SUPPORT_STEPS.flatMap((support) =>
        SURENESS_STEPS.map(
          (sureness) =>
            new RuleScore(
              'key-pair',
              `after ${context} met ${support}+ times, ${sureness}+ sure`,
              HORIZON_MS,
            ),
        ),
      ),
    );
  }

  /** Bytes held, from construction on. */
  get bytes(): Bytes {
    return this.#single.bytes + this.#double.bytes + this.#keys.bytes + HISTORY * 16;
  }

  scores(): readonly RuleScore[] {
    return this.#scores;
  }

  /** A key (`hash`: its salted hash) was missed, or would have been without its prefetch. `leadMs`: what a load takes. */
  onMiss(key: string, hash: number, atMs: Millis, leadMs: Millis, guess: Guess): void {
    this.#misses++;
    const second = Math.floor(atMs / LOOK_MS);
    if (second !== this.#second) this.#begin(second, atMs);
    if (!this.#isLooking) return;
    if (this.#guessed[hash % GUESSED] === hash) this.#guessed[hash % GUESSED] = 0;
    this.#predict(hash, guess);
    this.#learn(hash, key, atMs, leadMs);
    this.#singles[this.#head % HISTORY] = hash;
    this.#doubles[this.#head % HISTORY] = doubleOf(this.#previous, hash);
    this.#atMs[this.#head % HISTORY] = atMs;
    this.#head++;
    this.#previous = hash;
  }

  #begin(second: number, atMs: Millis): void {
    this.#second = second;
    this.#untilMs ??= atMs + EAGER_MS;
    this.#isLooking =
      (atMs < this.#untilMs && this.#misses < EAGER) ||
      second % LOOK_EVERY === 0 ||
      this.#scores.some(({ lowerBound }) => lowerBound >= HOLDS);
  }

  #predict(hash: number, guess: Guess): void {
    const offer = (order: number) => (follower: number, count: Count, seen: Count) => {
      if (this.#guessed[follower % GUESSED] === follower) return;
      const score = this.#scoreOf(order, count, seen);
      const key = score?.isWorthAsking() ? this.#keys.keyOf(follower) : undefined;
      if (key === undefined) return;
      const outcome = guess(key, score!);
      if (outcome === 'fetched' || outcome === 'pending') this.#guessed[follower % GUESSED] = follower;
    };
    // A pair of keys gets a row of its own only when the second of them comes back at all.
    if (this.#single.meet(hash, offer(0))) this.#double.meet(doubleOf(this.#previous, hash), offer(1));
  }

  #learn(hash: number, key: string, atMs: Millis, leadMs: Millis): void {
    let credited = 0;
    let recurs = false;
    for (let i = this.#head - 1; i >= 0 && i >= this.#head - HISTORY && credited < WINDOW; i--) {
      const slot = i % HISTORY;
      const agoMs = atMs - this.#atMs[slot]!;
      if (agoMs > HORIZON_MS) break;
      if (agoMs < leadMs || this.#singles[slot] === hash) continue;
      credited++;
      if (this.#single.follow(this.#singles[slot]!, hash) >= 2) recurs = true;
      if (this.#double.follow(this.#doubles[slot]!, hash) >= 2) recurs = true;
    }
    if (recurs) this.#keys.add(hash, key);
  }

  #scoreOf(order: number, count: Count, seen: Count): RuleScore | undefined {
    const sureness = stepOf(SURENESS_STEPS, count / seen);
    const support = stepOf(SUPPORT_STEPS, seen);
    if (sureness < 0 || support < 0) return undefined;
    return this.#scores[(order * SUPPORT_STEPS.length + support) * SURENESS_STEPS.length + sureness];
  }
}

function doubleOf(previous: number, hash: number): number {
  return (Math.imul(previous, 0x9e3779b1) ^ Math.imul(hash, 0x85ebca6b)) >>> 0;
}

/** The last step that is not above the value; -1 when all are. */
function stepOf(steps: readonly number[], value: number): number {
  let at = steps.length - 1;
  while (at >= 0 && steps[at]! > value) at--;
  return at;
}
