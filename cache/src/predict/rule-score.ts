import type { Count, Millis, Ratio } from '../units.ts';
import type { Word } from './peer-rules.ts';

/** Outcomes remembered; beyond, the older half counts half, so that a rule that turns false is found out. */
const MEMORY: Count = 64;
/** One-sided 90 %. */
const Z = 1.28;

/** A rule is known to be wrong with so many outcomes and so little confidence. */
const KNOWN_OUTCOMES: Count = 24;
const HOPELESS: Ratio = 0.2;
const HOPELESS_SAMPLE: Count = 32;
/** With less a rule is more often wrong than it should be. */
const SURE: Ratio = 0.55;

/** Outcomes that a rule is judged by at least. */
export const ENOUGH_OUTCOMES: Count = 8;

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
  #trialTrue = 0;
  #trialFalse = 0;
  /** Switched off by hand: guesses are neither fetched nor scored. */
  stopped = false;
  /** What others say of the rule; counts until it has been tried here. */
  word: Word | undefined;
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

  /**
   * Whether the rule has hardly been tried on keys that were not held. Until it has, guesses about held keys count as
   * trials: a pod whose cache is warm meets few others, and would learn a plain rule for minutes.
   */
  get isUntried(): boolean {
    return this.#outcomes < ENOUGH_OUTCOMES;
  }

  /**
   * Whether trials speak for a rule that is untried: enough of them came true, and nothing else came false. Held keys
   * are read often anyway, so the first guess that fails on another ends it.
   */
  get isPromising(): boolean {
    return (
      this.isUntried &&
      this.#true === this.#outcomes &&
      this.#trialTrue >= ENOUGH_OUTCOMES &&
      this.#trialFalse <= this.#trialTrue / 16
    );
  }

  /** Whether others' word may stand in: the rule has hardly been tried here, and at most one guess came false. */
  isOnWord(needed: Ratio): boolean {
    return this.isUntried && this.#outcomes - this.#true <= 1 && this.word?.holds(needed) === true;
  }

  /** Whether what was seen here says that the rule may be wrong about as often as it is right. */
  get isDoubtful(): boolean {
    return !this.isUntried && this.#lowerBound < SURE;
  }

  /** Outcomes that came true and false, of trials only while there are hardly any others. */
  get evidence(): { readonly right: Count; readonly wrong: Count } {
    return this.isUntried
      ? { right: this.#trialTrue, wrong: this.#trialFalse }
      : { right: this.#true, wrong: this.#outcomes - this.#true };
  }

  /** Writes down what became of a guess about a key that was held. */
  learnTrial(cameTrue: boolean): void {
    if (cameTrue) this.#trialTrue++;
    else this.#trialFalse++;
  }

  /** Whether enough was seen to know that the rule is doubtful. */
  get isUnfit(): boolean {
    return this.#outcomes >= KNOWN_OUTCOMES && this.#lowerBound < SURE;
  }

  /** False for most guesses of a rule known to be wrong: one in 32 is enough to notice that it turned right. */
  isWorthAsking(): boolean {
    if (this.#outcomes < KNOWN_OUTCOMES || this.#lowerBound >= HOPELESS) return true;
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
    this.#lowerBound = lowerBoundOf(this.#true, this.#outcomes);
  }
}

/** The lower end of the Wilson interval of a share, one-sided 90 %; 0 of nothing. */
export function lowerBoundOf(right: number, n: number): Ratio {
  if (n === 0) return 0;
  const p = right / n;
  const z2 = (Z * Z) / n;
  return (p + z2 / 2 - Z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n))) / (1 + z2);
}
