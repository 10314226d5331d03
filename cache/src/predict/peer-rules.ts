import type { Bytes, Count, Millis, Ratio } from '../units.ts';
import { lowerBoundOf } from './rule-score.ts';
import { familyOf, MAX_SHARED, ruleName, type SharedRule } from './shared-rule.ts';

/** Rules of all pods together. */
const MAX_RULES: Count = 1024;
/** A pod not heard of for so long is forgotten. */
const FORGET_AFTER_MS: Millis = 300_000;
/** Useless prefetches that the word of one pod may cost, ever. */
const QUOTA: Count = 32;
/** Pods that must vouch for a rule; an example met here counts as one. */
const QUORUM: Count = 2;
/** The name under which this pod's own rules speak for others of their family. */
const SELF = '';

/** What one pod says, and what its word may still cost. */
interface Voice {
  rules: readonly Vote[];
  heardMs: Millis;
  left: Count;
}

interface Vote extends SharedRule {
  readonly name: string;
  readonly family: string;
  readonly voice: Voice;
}

/**
 * What others say of a rule. Each prefetch on their word takes one from every pod that vouches, and gives it back when
 * it is read: so the useless prefetches that one pod can cause are at most its quota, whatever it says.
 */
export interface Word {
  /** Whether enough pods vouch, and surely enough. */
  holds(needed: Ratio): boolean;
  take(): void;
  refund(): void;
}

/**
 * The rules that the pods of a service tell each other, and this pod's own ones as far as they speak for their family.
 * Each list a pod sends takes the place of the one before, so a lost or repeated message does no harm.
 */
export class PeerRules {
  readonly #voices = new Map<string, Voice>();
  /** By the source and field that name a key, in full: what to attach to a field met here. */
  #bySource = new Map<string, Vote[]>();
  #byFamily = new Map<string, Vote[]>();
  #count = 0;
  #version = 0;

  /** Changes whenever a word given before may not be the last one. */
  get version(): Count {
    return this.#version;
  }

  get bytes(): Bytes {
    return this.#count * 500 + this.#voices.size * 100;
  }

  /** A pod says which rules it holds for true now. Returns whether they are others than before. */
  hear(from: string, rules: readonly SharedRule[], atMs: Millis): boolean {
    this.#forget(atMs);
    const known = this.#voices.get(from);
    const others = this.#count - (known?.rules.length ?? 0);
    if (!known && (rules.length === 0 || others >= MAX_RULES)) return false;
    const voice = known ?? { rules: [], heardMs: atMs, left: QUOTA };
    voice.heardMs = atMs;
    const before = voice.rules.map(({ name }) => name).join('\n');
    voice.rules = rules.slice(0, Math.min(MAX_SHARED, MAX_RULES - others)).map((rule) => {
      const name = ruleName(rule.source, rule.field, rule.target);
      return { ...rule, name, family: familyOf(name), voice };
    });
    this.#voices.set(from, voice);
    this.#index();
    return voice.rules.map(({ name }) => name).join('\n') !== before;
  }

  /** This pod's own rules, which speak for their family. */
  hearSelf(rules: readonly SharedRule[], atMs: Millis): boolean {
    return this.hear(SELF, rules, atMs);
  }

  /** Targets that others say a field of the values of a pattern names. */
  targetsOf(source: string, field: string): string[] {
    const votes = this.#bySource.get(`${source} ${field}`) ?? [];
    return [...new Set(votes.map(({ target }) => target))];
  }

  /** What others say of a rule, of which this pod has met an example or not; undefined when nothing. */
  wordFor(name: string, example: 'met' | 'none'): Word | undefined {
    // Without an example only a pod that knows this very rule can tell.
    const votes = this.#byFamily
      .get(familyOf(name))
      ?.filter((vote) => vote.voice.left >= 1 && (example === 'met' || vote.name === name));
    if (!votes || votes.length === 0) return undefined;
    const voices = new Set(votes.map(({ voice }) => voice));
    const needed = example === 'met' ? QUORUM - 1 : QUORUM;
    const sum = (of: 'right' | 'wrong') => votes.reduce((total, vote) => total + vote[of], 0);
    const right = sum('right');
    const lowerBound = lowerBoundOf(right, right + sum('wrong'));
    return {
      holds: (confidence) => voices.size >= needed && lowerBound >= confidence,
      take: () => {
        for (const voice of voices) if (--voice.left < 1) this.#version++;
      },
      refund: () => {
        for (const voice of voices) voice.left = Math.min(QUOTA, voice.left + 1);
      },
    };
  }

  #forget(atMs: Millis): void {
    // What its word has cost stays known.
    for (const [from, voice] of this.#voices)
      if (atMs - voice.heardMs > FORGET_AFTER_MS && voice.rules.length > 0) {
        voice.rules = [];
        if (voice.left === QUOTA) this.#voices.delete(from);
      }
  }

  #index(): void {
    this.#bySource = new Map();
    this.#byFamily = new Map();
    this.#count = 0;
    this.#version++;
    for (const { rules } of this.#voices.values())
      for (const vote of rules) {
        this.#count++;
        append(this.#byFamily, vote.family, vote);
        append(this.#bySource, `${vote.source} ${vote.field}`, vote);
      }
  }
}

function append(index: Map<string, Vote[]>, key: string, vote: Vote): void {
  const votes = index.get(key);
  if (votes) votes.push(vote);
  else index.set(key, [vote]);
}
