import type { Bytes, Count, Millis } from '../units.ts';
import type { PeerRules } from './peer-rules.ts';
import type { GuessOutcome } from './prefetch-gate.ts';
import { RuleScore } from './rule-score.ts';
import { isSegment, mayTell, ruleName, type SharedRule } from './shared-rule.ts';

const MAX_SOURCES: Count = 1024;
/** Values used as maps have ever new fields: they must not take the place of all others for good. */
const MAX_SOURCES_PER_TEMPLATE: Count = 64;
const MAX_RULES: Count = 1024;
const MAX_RULES_PER_SOURCE: Count = 16;
/** Different identifiers a rule must have joined before it may guess, unless others vouch for it. */
const MIN_SUPPORT: Count = 4;
/** How long the answer to whether a template has rules that guess is good for. */
const KNOWN_FOR_MS: Millis = 1000;
/**
 * How often a rule known to be unfit guesses: a hundred times a second use up most of what it may waste, and show soon
 * enough that it turned right.
 */
const UNFIT_EVERY_MS: Millis = 10;
/** No state of the peers' rules. */
const NEVER = -1;

/** A place identifiers come from: a field of the values, or a varying segment of the keys, of one template. */
export interface Source {
  readonly id: number;
  /** The template's pattern. */
  readonly pattern: string;
  readonly field: string;
  /** Where in a value or its key the field is. */
  readonly place: 'top' | 'deep' | 'key';
  readonly rules: FlowRule[];
  seen: Count;
  repeated: Count;
}

/** The field of the source names the key `prefix + identifier + suffix`. */
interface FlowRule {
  readonly prefix: string;
  readonly suffix: string;
  /** Pattern of the keys named; undefined when prefix or suffix hold an identifier themselves. */
  readonly target: string | undefined;
  readonly score: RuleScore;
  /** Different identifiers joined here. */
  support: Count;
  lastIdentifier: number;
  /** As of which state of the peers' rules their word was asked for. */
  askedAt: Count;
  /** When a guess of it was scored last while it was unfit. */
  scoredMs: Millis;
}

/** The sources of one template, and those of them with a rule that may guess, as of the last look. */
interface TemplateSources {
  readonly sources: Map<string, Source>;
  guessing: readonly Source[];
  asOfMs: Millis;
}

const NONE: readonly Source[] = [];

/** Receives a guess: this key will be read soon, says this rule. */
export type Guess = (key: string, rule: RuleScore) => GuessOutcome;

/** Which field names which key: at most 1,024 fields, 64 of one pattern, and 1,024 rules, 16 for one field. */
export class FlowRules {
  readonly #windowMs: Millis;
  readonly #peers: PeerRules;
  /** By their ids; undefined where one was forgotten. */
  readonly #sources: (Source | undefined)[] = [];
  readonly #freeIds: number[] = [];
  readonly #byTemplate = new Map<Count, TemplateSources>();
  #rules = 0;

  /** @param windowMs How long after a value its key must be read for a guess to count as true. */
  constructor(windowMs: Millis, peers: PeerRules) {
    this.#windowMs = windowMs;
    this.#peers = peers;
  }

  /** Memory held, by what one rule and one source were measured to take. */
  get bytes(): Bytes {
    return this.#rules * 600 + (this.#sources.length - this.#freeIds.length) * 400;
  }

  scores(): RuleScore[] {
    return this.#sources.flatMap((source) => source?.rules.map((rule) => rule.score) ?? []);
  }

  /** The rules that hold, the most used first, as far as they are patterns and nothing else. */
  provenRules(isProven: (score: RuleScore) => boolean): SharedRule[] {
    const held = this.#sources.filter((source) => source !== undefined);
    const proven = held.flatMap(({ pattern, field, rules }) =>
      rules.flatMap(({ target, score }) =>
        target !== undefined && mayTell(field) && isProven(score)
          ? [{ used: score.used, rule: { source: pattern, field, target, ...wholeOf(score.evidence) } }]
          : [],
      ),
    );
    return proven.sort((a, b) => b.used - a.used).map(({ rule }) => rule);
  }

  /** Others name rules not heard of before: fields known here take them over. */
  adoptAll(): void {
    for (const source of this.#sources) if (source) this.#adopt(source);
  }

  sourceAt(id: number): Source | undefined {
    return this.#sources[id];
  }

  /** When there is no room for another rule, those go that were not right once in four guesses, or made none. */
  makeRoom(): void {
    if (this.#rules < MAX_RULES) return;
    this.#rules = 0;
    for (const source of this.#sources) {
      if (!source) continue;
      const kept = source.rules.filter(({ score }) => isWorthKeeping(score));
      source.rules.splice(0, source.rules.length, ...kept);
      this.#rules += kept.length;
    }
  }

  /** No key follows the template any more: what was learned of it makes room. */
  forget(templateId: Count): void {
    for (const source of this.#byTemplate.get(templateId)?.sources.values() ?? []) {
      this.#rules -= source.rules.length;
      this.#sources[source.id] = undefined;
      this.#freeIds.push(source.id);
    }
    this.#byTemplate.delete(templateId);
  }

  /** The source of that name; made when it is new and there is room. */
  sourceOf(templateId: Count, pattern: string, field: string): Source | undefined {
    let known = this.#byTemplate.get(templateId);
    if (!known) {
      known = { sources: new Map(), guessing: NONE, asOfMs: Number.NEGATIVE_INFINITY };
      this.#byTemplate.set(templateId, known);
    }
    let source = known.sources.get(field);
    const hasRoom = this.#freeIds.length > 0 || this.#sources.length < MAX_SOURCES;
    if (!source && hasRoom && known.sources.size < MAX_SOURCES_PER_TEMPLATE) {
      const id = this.#freeIds.pop() ?? this.#sources.length;
      source = { id, pattern, field, place: placeOf(field), rules: [], seen: 0, repeated: 0 };
      this.#sources[id] = source;
      known.sources.set(field, source);
      this.#adopt(source);
    }
    return source;
  }

  /** The sources of a template that have rules that may guess, as of a second ago at most. */
  guessing(templateId: Count, atMs: Millis): readonly Source[] {
    const known = this.#byTemplate.get(templateId);
    if (!known) return NONE;
    if (atMs - known.asOfMs >= KNOWN_FOR_MS) {
      known.asOfMs = atMs;
      known.guessing = [...known.sources.values()].filter(({ rules }) =>
        rules.some((rule) => this.#mayGuess(rule) && (rule.score.lowerBound > 0 || rule.score.word)),
      );
    }
    return known.guessing;
  }

  /** A key (of a template with `pattern`) was read whose part from `start` to `end` the source had held. */
  support(
    source: Source,
    pattern: string,
    key: string,
    start: number,
    end: number,
    identifier: number,
  ): void {
    const prefix = key.slice(0, start);
    const suffix = key.slice(end);
    const known = source.rules.find((rule) => rule.prefix === prefix && rule.suffix === suffix);
    if (known) {
      if (known.lastIdentifier !== identifier) known.support++;
      known.lastIdentifier = identifier;
      // An example of one's own changes what others' word is worth.
      if (known.support === 1) known.askedAt = NEVER;
      return;
    }
    const isPattern = pattern === `${prefix}{}${suffix}`;
    const rule = this.#ruleOf(source, prefix, suffix, isPattern ? pattern : undefined);
    rule.support = 1;
    rule.lastIdentifier = identifier;
    if (this.#hold(source, rule)) return;
    // No room: the weakest of the source fades, and gives way once it has nothing left.
    const weakest = source.rules.reduce((a, b) => (b.support < a.support ? b : a), source.rules[0] ?? rule);
    weakest.support /= 2;
    const at = source.rules.indexOf(weakest);
    if (weakest.support < 1 && at >= 0) source.rules[at] = rule;
  }

  /** Offers the keys that a source's rules make of an identifier; `key` is the one it was found in. */
  guessBy({ rules }: Source, identifier: string, key: string, atMs: Millis, guess: Guess): void {
    for (const rule of rules)
      if (this.#mayGuess(rule) && isDue(rule, atMs)) {
        // Joined, it is one flat string: each look-up of a key stored as a chain of parts costs a step more.
        const named = [rule.prefix, identifier, rule.suffix].join('');
        if (named !== key) guess(named, rule.score);
      }
  }

  /** Takes over the rules that others know of a field. */
  #adopt(source: Source): void {
    for (const target of this.#peers.targetsOf(source.pattern, source.field)) {
      const [prefix = '', suffix = ''] = target.split('{}');
      if (source.rules.some((rule) => rule.prefix === prefix && rule.suffix === suffix)) continue;
      this.#hold(source, this.#ruleOf(source, prefix, suffix, target));
    }
  }

  #ruleOf({ pattern, field }: Source, prefix: string, suffix: string, target: string | undefined): FlowRule {
    const name = ruleName(pattern, field, target ?? `${prefix}{}${suffix}`);
    const score = new RuleScore('value-flow', name, this.#windowMs);
    return {
      prefix,
      suffix,
      target,
      score,
      support: 0,
      lastIdentifier: 0,
      askedAt: NEVER,
      scoredMs: Number.NEGATIVE_INFINITY,
    };
  }

  /** Keeps the rule if there is room. */
  #hold(source: Source, rule: FlowRule): boolean {
    if (source.rules.length >= MAX_RULES_PER_SOURCE || this.#rules >= MAX_RULES) return false;
    source.rules.push(rule);
    this.#rules++;
    return true;
  }

  /** Whether there is enough to guess by: examples met here, or the word of others. */
  #mayGuess(rule: FlowRule): boolean {
    const { score, target } = rule;
    if (target !== undefined && score.isUntried && rule.askedAt !== this.#peers.version) {
      rule.askedAt = this.#peers.version;
      score.word = this.#peers.wordFor(score.name, rule.support > 0 ? 'met' : 'none');
    }
    return rule.support >= MIN_SUPPORT || score.word !== undefined;
  }
}

function isWorthKeeping({ evidence, stopped, word }: RuleScore): boolean {
  return stopped || word !== undefined || (evidence.right > 0 && 3 * evidence.right >= evidence.wrong);
}

function isDue(rule: FlowRule, atMs: Millis): boolean {
  if (!rule.score.isUnfit) return true;
  if (atMs - rule.scoredMs < UNFIT_EVERY_MS) return false;
  rule.scoredMs = atMs;
  return true;
}

function placeOf(field: string): Source['place'] {
  if (isSegment(field)) return 'key';
  return /[.[]/.test(field) ? 'deep' : 'top';
}

function wholeOf({ right, wrong }: { readonly right: number; readonly wrong: number }) {
  return { right: Math.floor(right), wrong: Math.ceil(wrong) };
}
