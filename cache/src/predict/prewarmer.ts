import type { AccessRecord } from '../access.ts';
import type { Count, Millis, Ratio } from '../units.ts';
import { KeyTemplates } from './key-template.ts';
import { OriginHealth } from './origin-health.ts';
import { type GateStats, PrefetchGate, type PrefetchTarget } from './prefetch-gate.ts';
import { ValueFlow } from './value-flow.ts';
import { WasteBudget } from './waste-budget.ts';

export interface PrewarmerOptions {
  /** Salts every hash kept of keys and values. */
  readonly salt: number;
  readonly rng: () => Ratio;
  /** Useless prefetches allowed for each demand miss. Default 0.1. */
  readonly wastePerMiss?: Ratio;
  /** Useless prefetches allowed before the first miss. Default 400. */
  readonly wasteBurst?: Count;
  /** Confidence a rule needs while the waste budget is full. Default 0.6. */
  readonly minConfidence?: Ratio;
  /** Most prefetches in flight. Default 16. */
  readonly maxConcurrent?: Count;
  /** Share of guesses that are never fetched, to measure the benefit by. Default 0.0025. */
  readonly holdOutRatio?: Ratio;
  /** Fields never looked at, besides those named like secrets. */
  readonly denyFields?: readonly string[];
}

/** How long ago a value may have been read to name the key read now. */
const HORIZON_MS: Millis = 500;

/** Learns from accesses what is read next and asks the target to load it. Pure: time comes with the records. */
export class Prewarmer {
  readonly #templates = new KeyTemplates();
  readonly #flow: ValueFlow;
  readonly #health = new OriginHealth();
  readonly #gate: PrefetchGate;

  constructor(target: PrefetchTarget, options: PrewarmerOptions) {
    this.#flow = new ValueFlow(options.salt, HORIZON_MS, options.denyFields);
    const budget = new WasteBudget(options.wastePerMiss ?? 0.1, options.wasteBurst ?? 400);
    this.#gate = new PrefetchGate(target, budget, this.#health, {
      minConfidence: options.minConfidence ?? 0.6,
      maxConcurrent: options.maxConcurrent ?? 16,
      holdOutRatio: options.holdOutRatio ?? 0.0025,
      rng: options.rng,
    });
  }

  stats(): GateStats {
    return this.#gate.stats();
  }

  /** Takes in accesses, oldest first. Predicts from each before learning from it. */
  learn(batch: readonly AccessRecord[]): void {
    const last = batch.at(-1);
    if (!last) return;
    this.#gate.expire(last.atMs);
    this.#health.expire(last.atMs);
    for (const access of batch) this.#take(access);
  }

  #take(access: AccessRecord): void {
    const { key, atMs } = access;
    if (access.outcome === 'fill') {
      this.#health.end(key, atMs);
      if (access.origin === 'prefetch') this.#gate.onPrefetched(key);
    } else {
      const found = access.outcome !== 'miss';
      this.#gate.onRead(key, found);
      if (!found) this.#health.begin(key, atMs, false);
    }
    const shape = this.#templates.shapeOf(key);
    if (!shape) return;
    if (access.outcome !== 'fill') this.#flow.onRead(key, shape, atMs);
    // A prefetched value names keys too: so chains are loaded ahead of their reads.
    if (access.outcome !== 'miss')
      this.#flow.onValue(key, shape, access.value, atMs, (named, rule) =>
        this.#gate.offer(named, rule, atMs),
      );
  }
}
