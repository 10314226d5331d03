import type { Millis, Ratio } from '../units.ts';

/**
 * What one refetch told about how often a value changes.
 * `interval` is the time since the previous fetch of the same key.
 */
export type Observation =
  | { readonly kind: 'unchanged'; readonly intervalMs: Millis }
  | { readonly kind: 'changed'; readonly intervalMs: Millis }
  /** Exactly one change: a version counter said so, or a notice came with the change. */
  | { readonly kind: 'changed-once'; readonly intervalMs: Millis }
  /** Two changes or more. How many more is not used: a burst would pass for a fast steady rate. */
  | { readonly kind: 'changed-often'; readonly intervalMs: Millis }
  /** The origin told when the last change was: nothing changed during `ageMs`, something did just before. */
  | { readonly kind: 'dated'; readonly ageMs: Millis };

/** Rates the posterior distinguishes: 33 values, four a decade, from one change in 37 days to 32 a second. */
export const RATES = 33;
export const ratesPerMs = Float64Array.from({ length: RATES }, (_, i) => 10 ** (-6.5 + i / 4) / 1000);
const logRates = ratesPerMs.map(Math.log);

/** One step of a stored weight is a sixteenth of a nat, so a byte spans 16 nats (a factor of 9 million). */
const STEPS_PER_NAT = 16;
const CEILING = 255;

/** Keeps ln away from zero where a rate makes the observation all but impossible. */
const TINY = 1e-12;

/** Writes ln P(observation | rate) for every rate of the grid into `out`. */
export function logLikelihood(seen: Observation, out: Float64Array): void {
  for (let i = 0; i < RATES; i++) {
    const rate = ratesPerMs[i]!;
    if (seen.kind === 'dated') {
      out[i] = logRates[i]! - rate * seen.ageMs;
      continue;
    }
    const expected = rate * seen.intervalMs;
    if (seen.kind === 'unchanged') out[i] = -expected;
    else if (seen.kind === 'changed') out[i] = Math.log(-Math.expm1(-expected) + TINY);
    else if (seen.kind === 'changed-once') out[i] = logRates[i]! - expected;
    else out[i] = Math.log(Math.max(0, 1 - Math.exp(-expected) * (1 + expected)) + TINY);
  }
}

/**
 * Beliefs about the change rate of many keys, 33 bytes each: log weights below the best rate's, in sixteenths of
 * a nat. Old evidence fades by `retention` an observation, towards the prior of the key's template.
 *
 * Rounding is random with the right mean; rounding to nearest would swallow the slow fading altogether.
 * Source: Cho & Garcia-Molina, TOIT 2003 (censored changes).
 */
export class RateGrid {
  readonly #weights: Uint8Array;
  readonly #retention: Ratio;
  readonly #rng: () => Ratio;
  readonly #scratch = new Float64Array(RATES);

  constructor(slots: number, retention: Ratio, rng: () => Ratio) {
    this.#weights = new Uint8Array(slots * RATES);
    this.#retention = retention;
    this.#rng = rng;
  }

  /** Forgets what the slot knew and believes the prior. */
  reset(slot: number, logPrior: Float64Array): void {
    this.#store(slot, logPrior);
  }

  copyFrom(other: RateGrid, slot: number): void {
    const from = slot * RATES;
    this.#weights.set(other.#weights.subarray(from, from + RATES), from);
  }

  /** Writes the probability of every rate into `out`. */
  probabilities(slot: number, out: Float64Array): void {
    const from = slot * RATES;
    let sum = 0;
    for (let i = 0; i < RATES; i++) {
      out[i] = weightOf[this.#weights[from + i]!]!;
      sum += out[i]!;
    }
    for (let i = 0; i < RATES; i++) out[i]! /= sum;
  }

  /** Learns one observation. Returns ln of the probability it had before. */
  observe(slot: number, likelihood: Float64Array, logPrior: Float64Array): number {
    const from = slot * RATES;
    const next = this.#scratch;
    let before = 0;
    let joint = 0;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < RATES; i++) if (likelihood[i]! > top) top = likelihood[i]!;
    for (let i = 0; i < RATES; i++) {
      const stored = this.#weights[from + i]!;
      const weight = weightOf[stored]!;
      before += weight;
      joint += weight * Math.exp(likelihood[i]! - top);
      const faded = (-stored / STEPS_PER_NAT) * this.#retention + (1 - this.#retention) * logPrior[i]!;
      next[i] = faded + likelihood[i]!;
    }
    this.#store(slot, next);
    return Math.log(joint / before + 1e-300) + top;
  }

  #store(slot: number, logWeights: Float64Array): void {
    const from = slot * RATES;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < RATES; i++) if (logWeights[i]! > top) top = logWeights[i]!;
    for (let i = 0; i < RATES; i++) {
      const steps = (top - logWeights[i]!) * STEPS_PER_NAT + this.#rng();
      this.#weights[from + i] = Math.min(steps, CEILING);
    }
  }
}

const weightOf = Float64Array.from({ length: CEILING + 1 }, (_, steps) => Math.exp(-steps / STEPS_PER_NAT));
