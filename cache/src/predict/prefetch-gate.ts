import type { Bytes, Count, Millis, Ratio } from '../units.ts';
import { type Guessed, GuessQueue } from './guess-queue.ts';
import type { OriginHealth } from './origin-health.ts';
import type { Word } from './peer-rules.ts';
import type { PrefetchTarget } from './prefetch-target.ts';
import { ENOUGH_OUTCOMES, type RuleKind, type RuleScore } from './rule-score.ts';
import type { WasteBudget } from './waste-budget.ts';

const KINDS: readonly RuleKind[] = ['value-flow', 'key-pair', 'time-of-day'];
/** What others' word must come to while the budget is full. */
const MIN_CONFIDENCE_OF_WORD: Ratio = 0.72;
const MAX_GUESSES: Count = 2048;
/** Tokens that a prefetch by a doubtful rule takes, so that a third of the waste budget is the most it can use up. */
const PRICE_OF_DOUBT: Count = 3;
/** Trials leave room for guesses of their kind; those by time of day stay open for a quarter of an hour. */
const MAX_TRIALS: Count = 1024;
/**
 * What a value names is read within moments. Where the eviction policy leaves newcomers hardly a window, it would be
 * gone before; two reads are what admits an entry to stay. The other learners guess minutes ahead, or keys that come
 * round again: those must prove themselves.
 */
const NAMED_NOW = { frequency: 2 } as const;

/** What became of a guess. */
export type GuessOutcome =
  | 'fetched'
  | 'held'
  | 'pending'
  | 'shadow'
  | 'held-out'
  | 'no-budget'
  | 'busy'
  | 'origin-unwell'
  | 'refused'
  | 'stopped';

export interface GateOptions {
  /** Confidence a rule needs while the budget is full, or a rule of each kind; rises to 1 as it empties. */
  readonly minConfidence: Ratio | Readonly<Record<RuleKind, Ratio>>;
  /** Most prefetches in flight. */
  readonly maxConcurrent: Count;
  /** Share of guesses never fetched, so that the benefit stays measurable. */
  readonly holdOutRatio: Ratio;
  readonly rng: () => Ratio;
}

/** What the gate has counted since it was made. */
export interface GateStats {
  readonly fetched: Count;
  /** Fetched, ready when read. */
  readonly timely: Count;
  /** Fetched, still loading when read: the read joined the load. */
  readonly late: Count;
  /** Fetched and not read within the window, or gone before the read. */
  readonly unused: Count;
  readonly heldOut: Count;
  readonly heldOutRead: Count;
  readonly outcomes: Readonly<Record<GuessOutcome, Count>>;
}

/**
 * Every guess of every learner passes here: shadow scoring, confidence against what is left of the waste budget,
 * concurrency, the origin's health, and the hold-out. It also settles what became of each guess.
 */
export class PrefetchGate {
  readonly #target: PrefetchTarget;
  readonly #budget: WasteBudget;
  readonly #health: OriginHealth;
  readonly #options: GateOptions;
  readonly #open = new Map<string, Guessed>();
  readonly #shadows = new Map<string, Guessed>();
  readonly #queues: Record<RuleKind, GuessQueue> = {
    'value-flow': new GuessQueue(),
    'key-pair': new GuessQueue(),
    'time-of-day': new GuessQueue(),
  };
  readonly #outcomes: Record<GuessOutcome, Count> = {
    fetched: 0,
    held: 0,
    pending: 0,
    shadow: 0,
    'held-out': 0,
    'no-budget': 0,
    busy: 0,
    'origin-unwell': 0,
    refused: 0,
    stopped: 0,
  };
  #timely = 0;
  #late = 0;
  #unused = 0;
  #heldOutRead = 0;

  constructor(target: PrefetchTarget, budget: WasteBudget, health: OriginHealth, options: GateOptions) {
    this.#target = target;
    this.#budget = budget;
    this.#health = health;
    this.#options = options;
  }

  stats(): GateStats {
    return {
      fetched: this.#outcomes.fetched,
      timely: this.#timely,
      late: this.#late,
      unused: this.#unused,
      heldOut: this.#outcomes['held-out'],
      heldOutRead: this.#heldOutRead,
      outcomes: { ...this.#outcomes },
    };
  }

  /** Memory of the guesses not scored, by what one was measured to take. */
  get bytes(): Bytes {
    return this.openGuesses * 200;
  }

  /** Guesses not scored yet. */
  get openGuesses(): Count {
    const queues = this.#queues;
    return queues['value-flow'].length + queues['key-pair'].length + queues['time-of-day'].length;
  }

  /** Whether a rule may fetch now: confident enough for what is left of the budget. */
  stateOf(rule: RuleScore): 'live' | 'shadow' | 'stopped' {
    if (rule.stopped) return 'stopped';
    const word = this.#needed(Math.max(MIN_CONFIDENCE_OF_WORD, this.#leastFor(rule)));
    return this.isProven(rule) || rule.isOnWord(word) ? 'live' : 'shadow';
  }

  /** A learner expects the key to be read soon. */
  offer(key: string, rule: RuleScore, atMs: Millis): GuessOutcome {
    const outcome = this.#decide(key, rule, atMs);
    this.#outcomes[outcome]++;
    return outcome;
  }

  /** A key was asked for; settles the guesses made about it. */
  onRead(key: string, found: boolean): void {
    if (!found) this.#budget.onMiss();
    const shadow = this.#shadows.get(key);
    if (shadow) this.#settle(shadow, true);
    const guess = this.#open.get(key);
    if (!guess) return;
    if (guess.mode === 'held-out') {
      this.#heldOutRead++;
      this.#settle(guess, true);
    } else if (!found && guess.ready) {
      // It was right, but gone before the read: as useless as a wrong one.
      this.#unused++;
      this.#settle(guess, false);
    } else {
      if (found) this.#timely++;
      else this.#late++;
      guess.rule.used++;
      guess.word?.refund();
      this.#budget.refund(guess.price);
      this.#settle(guess, true);
    }
  }

  /** A prefetched value has arrived. */
  onPrefetched(key: string): void {
    const guess = this.#open.get(key);
    if (guess) guess.ready = true;
  }

  /**
   * Scores the guesses whose window is over. Not earlier, though one may be known to be true long before: scoring
   * what comes true at once and what does not at the end of the window would make every young rule look right.
   */
  expire(atMs: Millis): void {
    for (const kind of KINDS) {
      const queue = this.#queues[kind];
      for (let guess = queue.first; guess && guess.deadlineMs <= atMs; guess = queue.first) {
        queue.shift();
        if (guess.cameTrue === undefined) {
          if (guess.mode === 'live') this.#unused++;
          this.#settle(guess, false);
        }
        if (guess.mode === 'trial') guess.rule.learnTrial(guess.cameTrue === true);
        else guess.rule.learn(guess.cameTrue === true);
      }
    }
  }

  /** Confidence that is needed now where `least` would do with a full budget. */
  #needed(least: Ratio): Ratio {
    return 1 - (1 - least) * Math.sqrt(this.#budget.fill);
  }

  #leastFor({ kind }: RuleScore): Ratio {
    const { minConfidence } = this.#options;
    return typeof minConfidence === 'number' ? minConfidence : minConfidence[kind];
  }

  /** Whether a rule may fetch by what was seen here. */
  isProven(rule: RuleScore): boolean {
    const needed = this.#needed(this.#leastFor(rule));
    return (rule.outcomes >= ENOUGH_OUTCOMES && rule.lowerBound >= needed) || rule.isPromising;
  }

  #decide(key: string, rule: RuleScore, atMs: Millis): GuessOutcome {
    if (rule.stopped) return 'stopped';
    if (this.#open.has(key)) return 'pending';
    if (this.#target.has(key)) return this.#held(key, rule, atMs);
    if (this.openGuesses >= MAX_GUESSES) return 'busy';
    if (this.stateOf(rule) === 'shadow') return this.#shadow(key, rule, atMs);
    if (this.#options.rng() < this.#options.holdOutRatio) {
      this.#remember(this.#open, key, rule, 'held-out', atMs);
      return 'held-out';
    }
    if (this.#health.prefetchesInFlight >= this.#options.maxConcurrent) return 'busy';
    if (!this.#health.allows(atMs)) return 'origin-unwell';
    const price = rule.isDoubtful ? PRICE_OF_DOUBT : 1;
    if (!this.#budget.take(price)) return 'no-budget';
    const hint = rule.kind === 'value-flow' ? NAMED_NOW : undefined;
    if (this.#target.prefetch(key, hint) !== 'started') {
      this.#budget.refund(price);
      return 'refused';
    }
    this.#health.begin(key, atMs, true);
    rule.fetched++;
    const word = this.isProven(rule) ? undefined : rule.word;
    word?.take();
    this.#remember(this.#open, key, rule, 'live', atMs, price, word);
    return 'fetched';
  }

  #held(key: string, rule: RuleScore, atMs: Millis): GuessOutcome {
    if (rule.isUntried && this.openGuesses < MAX_GUESSES && this.#queues[rule.kind].length < MAX_TRIALS)
      this.#remember(this.#shadows, key, rule, 'trial', atMs);
    return 'held';
  }

  #shadow(key: string, rule: RuleScore, atMs: Millis): GuessOutcome {
    this.#remember(this.#shadows, key, rule, 'shadow', atMs);
    return 'shadow';
  }

  #remember(
    among: Map<string, Guessed>,
    key: string,
    rule: RuleScore,
    mode: Guessed['mode'],
    atMs: Millis,
    price: Count = 0,
    word?: Word,
  ): void {
    if (among.has(key)) return;
    const deadlineMs = atMs + rule.windowMs;
    const guess = { key, rule, mode, deadlineMs, price, word, ready: false, cameTrue: undefined };
    among.set(key, guess);
    this.#queues[rule.kind].push(guess);
  }

  #settle(guess: Guessed, cameTrue: boolean): void {
    guess.cameTrue = cameTrue;
    (guess.mode === 'shadow' || guess.mode === 'trial' ? this.#shadows : this.#open).delete(guess.key);
  }
}
