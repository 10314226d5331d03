import { decodeRules, encodeRules, MAX_SHARED, type SharedRule } from '../predict/shared-rule.ts';
import type { Millis, Ratio } from '../units.ts';
import type { Fleet } from './fleet.ts';

/** What the fleet uses of a `Predictor`. */
export interface RuleLearner {
  provenRules(): readonly SharedRule[];
  hearRules(from: string, rules: readonly SharedRule[]): void;
}

/** How often it is looked whether other rules hold than were told. */
const LOOK_EVERY_MS: Millis = 1000;
/**
 * All pods together repeat their lists this often, so that a new pod and one that lost a message hear soon. Not more
 * often, for each list wakes every pod.
 */
const REPEATS_PER_SECOND = 0.5;

/**
 * Tells the others which value-flow rules hold here, as patterns and counts, and hands the predictor what they tell.
 * A list is told when other rules hold than before, and again from time to time.
 */
export class RuleSignal implements Disposable {
  readonly #fleet: Fleet;
  readonly #learner: RuleLearner;
  readonly #rng: () => Ratio;
  readonly #listening: Disposable;
  #told = '';
  #lookMs: Millis = Number.NEGATIVE_INFINITY;
  #repeatMs: Millis = Number.NEGATIVE_INFINITY;

  constructor(fleet: Fleet, learner: RuleLearner, rng: () => Ratio) {
    this.#fleet = fleet;
    this.#learner = learner;
    this.#rng = rng;
    this.#listening = fleet.onRules((from, payload) => learner.hearRules(from, decodeRules(payload)));
  }

  /** When it is to be looked again. */
  get dueMs(): Millis {
    return this.#lookMs;
  }

  /** Tells what is due. */
  tick(nowMs: Millis): void {
    const { state } = this.#fleet;
    if (nowMs < this.#lookMs) return;
    this.#lookMs = nowMs + LOOK_EVERY_MS * (0.5 + this.#rng());
    if (state.state === 'alone') return;
    const rules = this.#learner.provenRules().slice(0, MAX_SHARED);
    const names = JSON.stringify(rules.map(({ source, field, target }) => [source, field, target]));
    if (names === this.#told && nowMs < this.#repeatMs) return;
    if (rules.length === 0 && this.#told === '') return;
    this.#told = names;
    this.#repeatMs = nowMs + (0.5 + this.#rng()) * (state.members / REPEATS_PER_SECOND) * 1000;
    this.#fleet.shareRules(encodeRules(rules));
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
