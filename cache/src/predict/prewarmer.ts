import type { AccessRecord } from '../access.ts';
import type { Clock } from '../clock.ts';
import { hashKey } from '../store/hash-key.ts';
import type { Bytes, Count, Millis, Ratio } from '../units.ts';
import type { Guess } from './flow-rules.ts';
import { KeyPairs } from './key-pairs.ts';
import { KeyTemplates } from './key-template.ts';
import { type Effort, LearningTime } from './learning-time.ts';
import type { LoopStalls } from './loop-stalls.ts';
import { OriginHealth } from './origin-health.ts';
import { PeerRules } from './peer-rules.ts';
import { type GateStats, PrefetchGate } from './prefetch-gate.ts';
import type { PrefetchTarget } from './prefetch-target.ts';
import type { RuleKind, RuleScore } from './rule-score.ts';
import type { SharedRule } from './shared-rule.ts';
import { SlotDigests, type SlotOptions } from './slot-digests.ts';
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
  /** Confidence a rule needs while the waste budget is full. Default: 0.35 for value flow, 0.72 for the others. */
  readonly minConfidence?: Ratio;
  /** Most prefetches in flight. Default 16. */
  readonly maxConcurrent?: Count;
  /** Share of guesses that are never fetched, to measure the benefit by. Default 0.0025. */
  readonly holdOutRatio?: Ratio;
  /** Learners that are switched off altogether. Default: none. */
  readonly without?: readonly RuleKind[];
  /** Holds learning to a share of one core by this clock; without it, learning takes what it takes. */
  readonly time?: { readonly clock: Clock; readonly share: Ratio };
  /** When this process stood still; without it, it never did. */
  readonly stalls?: LoopStalls | undefined;
  /** How accesses are told the time of day; without it, days are not learned. */
  readonly slots?: SlotOptions;
  /** Fields never looked at, besides those named like secrets. */
  readonly denyFields?: readonly string[];
}

/**
 * What a value names is read within moments or not at all, so a useless prefetch is known for one at once, and the waste
 * budget bounds them: a key that is read every other time is worth having. A pair of misses that held so seldom mostly has
 * chance to thank.
 */
const MIN_CONFIDENCE: Readonly<Record<RuleKind, Ratio>> = {
  'value-flow': 0.35,
  'key-pair': 0.72,
  'time-of-day': 0.72,
};

/** A longer key is not learned from: it would take time and memory that no share and no table bounds. */
const LONGEST_KEY: Count = 255;
/** How often the clock is looked at while learning. */
const ACCESSES_PER_LOOK = 8;
/** How long ago a value may have been read to name the key read now. */
const HORIZON_MS: Millis = 500;

/** How often guesses are scored whose time is over, and loads given up. */
const TIDY_EVERY_MS: Millis = 5;
/** How often what was learned is looked over. */
const REVIEW_EVERY_MS: Millis = 1000;

/** One rule as an operator sees it. */
export interface RuleReport {
  readonly kind: RuleKind;
  readonly name: string;
  readonly state: 'live' | 'shadow' | 'stopped';
  /** Guesses fetched, and those of them that were read. */
  readonly fetched: Count;
  readonly used: Count;
  /** Share of the last guesses that came true, at least, with 90 % confidence. */
  readonly confidence: Ratio;
}

/** Accesses, oldest first: a batch of the cache's, or an array. */
export interface Accesses {
  readonly length: Count;
  at(index: number): AccessRecord | undefined;
}

export interface PrewarmerStats extends GateStats {
  /** Accesses not learned from, for want of time or because the key was longer than 255 characters. */
  readonly skipped: Count;
  /** Memory of everything learned. */
  readonly bytes: Bytes;
}

/** Learns from accesses what is read next and asks the target to load it. Pure: time comes with the records. */
export class Prewarmer {
  readonly #salt: number;
  readonly #templates = new KeyTemplates(undefined, (id) => this.#flow?.rules.forget(id));
  readonly #peers = new PeerRules();
  readonly #flow: ValueFlow | undefined;
  readonly #pairs: KeyPairs | undefined;
  readonly #slots: SlotDigests | undefined;
  readonly #health: OriginHealth;
  readonly #gate: PrefetchGate;
  readonly #time: LearningTime | undefined;
  #atMs: Millis = 0;
  #tidiedMs: Millis = Number.NEGATIVE_INFINITY;
  #reviewedMs: Millis = Number.NEGATIVE_INFINITY;
  #skipped = 0;

  constructor(target: PrefetchTarget, options: PrewarmerOptions) {
    const { salt, rng, slots, time } = options;
    this.#salt = salt;
    const has = (kind: RuleKind) => !options.without?.includes(kind);
    if (has('value-flow')) this.#flow = new ValueFlow(salt, HORIZON_MS, this.#peers, options.denyFields);
    if (has('key-pair')) this.#pairs = new KeyPairs(rng);
    if (has('time-of-day') && slots) this.#slots = new SlotDigests(slots);
    if (time) this.#time = new LearningTime(time.clock, time.share);
    this.#health = new OriginHealth(options.stalls);
    const budget = new WasteBudget(options.wastePerMiss ?? 0.1, options.wasteBurst ?? 400);
    this.#gate = new PrefetchGate(target, budget, this.#health, {
      minConfidence: options.minConfidence ?? MIN_CONFIDENCE,
      maxConcurrent: options.maxConcurrent ?? 16,
      holdOutRatio: options.holdOutRatio ?? 0.0025,
      rng,
    });
  }

  stats(): PrewarmerStats {
    const bytes =
      (this.#flow?.bytes ?? 0) +
      (this.#pairs?.bytes ?? 0) +
      (this.#slots?.bytes ?? 0) +
      this.#templates.bytes +
      this.#peers.bytes +
      this.#gate.bytes;
    return { ...this.#gate.stats(), skipped: this.#skipped, bytes };
  }

  /** Every rule that has made a guess. */
  rules(): RuleReport[] {
    return this.#scores()
      .filter((score) => score.outcomes > 0)
      .map((score) => ({
        kind: score.kind,
        name: score.name,
        state: this.#gate.stateOf(score),
        fetched: score.fetched,
        used: score.used,
        confidence: score.lowerBound,
      }));
  }

  /** Switches one rule off, or on again; false when there is none of that name. */
  setRule(name: string, state: 'on' | 'off'): boolean {
    const score = this.#scores().find((candidate) => candidate.name === name);
    if (score) score.stopped = state === 'off';
    return score !== undefined;
  }

  /**
   * The value-flow rules that hold here by what was seen here, the most used first: what other pods may be told. Doubtful
   * ones may hold here and nowhere else.
   */
  provenRules(): SharedRule[] {
    return this.#flow?.rules.provenRules((score) => this.#gate.isProven(score) && !score.isDoubtful) ?? [];
  }

  /**
   * Another pod says which rules it holds; its list takes the place of the one before. A rule that two pods vouch for,
   * or one pod and an example met here, may fetch until it has been tried here; one pod's word may cost 32 useless
   * prefetches at most, ever.
   */
  hearRules(from: string, rules: readonly SharedRule[], atMs: Millis): void {
    if (this.#peers.hear(from, rules, atMs)) this.#flow?.rules.adoptAll();
  }

  /** Takes in accesses, oldest first. Predicts from each before learning from it. */
  learn(batch: Accesses): void {
    const first = batch.at(0);
    if (!first) return;
    this.#atMs = first.atMs;
    this.#time?.begin();
    if (first.atMs - this.#tidiedMs >= TIDY_EVERY_MS) this.#tidy(first.atMs);
    let effort: Effort = this.#time?.first() ?? 'learn';
    for (let i = 0; i < batch.length; i++) {
      const access = batch.at(i)!;
      this.#settle(access);
      this.#flow?.tick(access.atMs);
      if (i % ACCESSES_PER_LOOK === 0 && i > 0 && this.#time && effort !== 'nothing')
        effort = this.#time.look();
      if (effort === 'learn' && access.key.length <= LONGEST_KEY) this.#take(access);
      else {
        this.#skipped++;
        if (effort === 'guess' && access.key.length <= LONGEST_KEY) this.#guessFrom(access);
      }
    }
    this.#time?.look();
  }

  readonly #guess: Guess = (key, rule) => this.#gate.offer(key, rule, this.#atMs);

  #tidy(atMs: Millis): void {
    this.#tidiedMs = atMs;
    this.#gate.expire(atMs);
    this.#health.expire(atMs);
    this.#slots?.advance(atMs, this.#guess);
    this.#review(atMs);
  }

  /** Once a second, what holds here speaks for rules that differ in numbers only. */
  #review(atMs: Millis): void {
    if (atMs - this.#reviewedMs < REVIEW_EVERY_MS) return;
    this.#reviewedMs = atMs;
    if (this.#peers.hearSelf(this.provenRules(), atMs)) this.#flow?.rules.adoptAll();
  }

  #scores(): RuleScore[] {
    return [
      ...(this.#flow?.rules.scores() ?? []),
      ...(this.#pairs?.scores() ?? []),
      ...(this.#slots?.scores() ?? []),
    ];
  }

  #settle({ key, outcome, origin, atMs }: AccessRecord): void {
    if (outcome === 'fill') {
      this.#health.end(key, atMs);
      if (origin === 'prefetch') this.#gate.onPrefetched(key);
    } else {
      const found = outcome !== 'miss';
      this.#gate.onRead(key, found);
      if (!found && key.length <= LONGEST_KEY) this.#health.begin(key, atMs, false);
    }
  }

  /** Guesses by the rules known, and learns nothing. */
  #guessFrom({ key, atMs, outcome, value, firstUseOfPrefetch }: AccessRecord): void {
    // A prefetched value names keys too: so chains are loaded ahead of their reads. Its first read says nothing new.
    if (outcome === 'miss' || firstUseOfPrefetch === true || !this.#flow) return;
    this.#atMs = atMs;
    const shape = this.#templates.shapeOf(key);
    if (shape) this.#flow.guessFrom(key, shape, value, atMs, this.#guess);
  }

  #take(access: AccessRecord): void {
    const { key, atMs, outcome } = access;
    this.#atMs = atMs;
    const missed = outcome === 'miss' || access.firstUseOfPrefetch === true;
    const looking = this.#flow?.isLooking ?? true;
    const hash = missed || looking ? hashKey(key, this.#salt) : 0;
    if (missed) this.#pairs?.onMiss(key, hash, atMs, this.#health.leadMs, this.#guess);
    // Which keys were missed must be complete; how often they are read again is a matter of more or less.
    if (outcome !== 'fill' && (looking || (missed && this.#slots?.hasRoom))) this.#slots?.onRead(key, missed);
    if (!looking) {
      this.#guessFrom(access);
      return;
    }
    const shape = this.#flow && this.#templates.shapeOf(key);
    if (!this.#flow || !shape) return;
    if (outcome !== 'fill') this.#flow.onRead(key, hash, shape, atMs);
    if (outcome !== 'miss') this.#flow.onValue(key, hash, shape, access.value, atMs, this.#guess);
  }
}
