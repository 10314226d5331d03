import type { Count, Ratio } from '../units.ts';

/** Outcomes remembered; beyond, the older half counts half, so that a rule that turns false is found out. */
const MEMORY: Count = 64;
/** One-sided 90 %. */
const Z = 1.28;

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
  #true = 0;
  #outcomes = 0;
  /** Switched off by hand: guesses are neither fetched nor scored. */
  stopped = false;
  /** Guesses fetched. */
  fetched: Count = 0;
  /** Guesses fetched and read afterwards. */
  used: Count = 0;

  constructor(kind: RuleKind, name: string) {
    this.kind = kind;
    this.name = name;
  }

  /** Outcomes known, faded. */
  get outcomes(): number {
    return this.#outcomes;
  }

  /** Share of guesses that came true, at least so much with 90 % confidence; 0 before any outcome. */
  get lowerBound(): Ratio {
    const n = this.#outcomes;
    if (n === 0) return 0;
    const p = this.#true / n;
    const z2 = (Z * Z) / n;
    return (p + z2 / 2 - Z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n))) / (1 + z2);
  }

  /** Writes down one outcome. */
  learn(cameTrue: boolean): void {
    if (this.#outcomes >= MEMORY) {
      this.#outcomes /= 2;
      this.#true /= 2;
    }
    this.#outcomes++;
    if (cameTrue) this.#true++;
  }
}
