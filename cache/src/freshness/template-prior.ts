import { RATES } from './rate-grid.ts';

/** Templates known apart; keys of further and of longer ones share one prior. */
const MAX_TEMPLATES = 256;
const LONGEST_TEMPLATE = 255;
/** Key posteriors the prior remembers, so that it follows a template whose keys change their habits. */
const MEMORY = 400;
/** Share of the prior that stays spread over all rates: nothing is ever impossible. */
const OPEN_MIND = 0.05;

/** What the keys of one template have in common. */
export interface TemplatePrior {
  /** ln of the prior probability of every rate. */
  readonly logPrior: Float64Array;
  /** Mean ln of the reads per millisecond of its keys; NaN before the first. */
  logReadsPerMs: number;
  readonly counts: Float64Array;
  /** How many beliefs it has learned from, up to the memory; fading ones count in part. */
  taught: number;
}

/**
 * Priors by template, learned from the posteriors of their keys: the share of keys that change at each rate
 * (empirical Bayes). A mixture, not one rate: the keys of a template may differ by decades.
 */
export class TemplatePriors {
  readonly #byName = new Map<string, TemplatePrior>();
  readonly #overflow = newPrior();

  get size(): number {
    return this.#byName.size;
  }

  of(template: string): TemplatePrior {
    let prior = this.#byName.get(template);
    if (prior === undefined) {
      if (this.#byName.size >= MAX_TEMPLATES || template.length > LONGEST_TEMPLATE) return this.#overflow;
      prior = newPrior();
      this.#byName.set(template, prior);
    }
    return prior;
  }

  /** Adds one key's belief to its template. */
  learn(prior: TemplatePrior, probabilities: Float64Array): void {
    let total = 0;
    for (let i = 0; i < RATES; i++) {
      prior.counts[i] = prior.counts[i]! * (1 - 1 / MEMORY) + probabilities[i]!;
      total += prior.counts[i]!;
    }
    prior.taught = total;
    refreshLog(prior, total);
  }

  /** Keys' read rates, averaged on the log scale. */
  learnReads(prior: TemplatePrior, readsPerMs: number): void {
    const seen = Math.log(readsPerMs);
    prior.logReadsPerMs = Number.isNaN(prior.logReadsPerMs)
      ? seen
      : prior.logReadsPerMs + (seen - prior.logReadsPerMs) / 50;
  }
}

/** Two keys' worth of an even spread, so that the first few keys do not decide for all. */
const EVEN_WEIGHT = 2;

function newPrior(): TemplatePrior {
  const prior = {
    logPrior: new Float64Array(RATES),
    logReadsPerMs: Number.NaN,
    counts: new Float64Array(RATES),
    taught: 0,
  };
  refreshLog(prior, 0);
  return prior;
}

function refreshLog(prior: TemplatePrior, total: number): void {
  for (let i = 0; i < RATES; i++) {
    const learned = (prior.counts[i]! + EVEN_WEIGHT / RATES) / (total + EVEN_WEIGHT);
    prior.logPrior[i] = Math.log((1 - OPEN_MIND) * learned + OPEN_MIND / RATES);
  }
}
