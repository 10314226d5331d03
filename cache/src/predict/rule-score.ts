import type { Count, Millis, Ratio } from '../units.ts';

/** Outcomes remembered; beyond, the older half counts half, so that a rule that turns false is found out. */
const MEMORY: Count = 64;
/** One-sided 90 %. */
const Z = 1.28;

/** A rule is known to be wrong with so many outcomes and so little confidence. */
const HOPELESS_OUTCOMES: Count = 24;
const HOPELESS: Ratio = 0.2;
const HOPELESS_SAMPLE: Count = 32;

/** Which learner guessed. */
export type RuleKind = 'value-flow' | 'key-pair' | 'time-of-day';

/**
 * How often the guesses of one rule came true, fetched or not.
 *
 * Every rule is scored in shadow first: guesses are written down without fetching. `lowerBound` is the lower end
 * of the Wilson interval of the share that came true (Wilson, JASA 1927), fading with a memory of 64 outcomes.
 */
export class RuleScore {
  readonly kind: RuleKind;
  readonly name: string;
  /** How long after a guess the read must come for the guess to count as true. */
  readonly windowMs: Millis;
  #true = 0;
  #outcomes = 0;
  #lowerBound: Ratio = 0;
  #passedOver = 0;
  /** Switched off by hand: guesses are neither fetched nor scored. */
  stopped = false;
  /** Guesses fetched. */
  fetched: Count = 0;
  /** Guesses fetched and read afterwards. */
  used: Count = 0;

  constructor(kind: RuleKind, name: string, windowMs: Millis) {
    this.kind = kind;
    this.name = name;
    this.windowMs = windowMs;
  }

  /** Outcomes known, faded. */
  get outcomes(): number {
    return this.#outcomes;
  }

  /** Share of guesses that came true, at least so much with 90 % confidence; 0 before any outcome. */
  get lowerBound(): Ratio {
    return this.#lowerBound;
  }

  /** False for most guesses of a rule known to be wrong: one in 32 is enough to notice that it turned right. */
  isWorthAsking(): boolean {
    if (this.#outcomes < HOPELESS_OUTCOMES || this.#lowerBound >= HOPELESS) return true;
    this.#passedOver = (this.#passedOver + 1) % HOPELESS_SAMPLE;
    return this.#passedOver === 0;
  }

  /** Writes down one outcome. */
  learn(cameTrue: boolean): void {
    if (this.#outcomes >= MEMORY) {
      this.#outcomes /= 2;
      this.#true /= 2;
    }
    this.#outcomes++;
    if (cameTrue) this.#true++;
    const n = this.#outcomes;
    const p = this.#true / n;
    const z2 = (Z * Z) / n;
    this.#lowerBound = (p + z2 / 2 - Z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n))) / (1 + z2);
  }
}
