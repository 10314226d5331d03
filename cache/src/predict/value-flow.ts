import { hashKey } from '../store/hash-key.ts';
import type { Bytes, Count, Millis } from '../units.ts';
import { IdentifierFields } from './identifier-fields.ts';
import type { KeyShape } from './key-template.ts';
import type { GuessOutcome } from './prefetch-gate.ts';
import { RecentIdentifiers } from './recent-identifiers.ts';
import { RuleScore } from './rule-score.ts';

const MAX_SOURCES: Count = 1024;
const MAX_RULES: Count = 1024;
const MAX_RULES_PER_SOURCE: Count = 16;
const BUCKETS: Count = 2048;
/** New rules are looked for all the time at first, later in one second of four; known rules always guess. */
const EAGER_MS: Millis = 30_000;
const LOOK_MS: Millis = 1000;
const LOOK_EVERY = 4;
/** Different identifiers a rule must have joined before it may guess. */
const MIN_SUPPORT: Count = 4;
/** After so many looks, a field whose identifiers mostly repeat across keys (country, status) is left alone. */
const JUDGE_AFTER: Count = 64;

/** How the varying segments of a key are called as sources. */
const SLOT_NAMES = Array.from({ length: 16 }, (_, i) => `#${i}`);

/** A place identifiers come from: a field of the values, or a varying segment of the keys, of one template. */
interface Source {
  readonly id: number;
  readonly templateId: Count;
  readonly name: string;
  readonly rules: FlowRule[];
  seen: Count;
  repeated: Count;
}

/** `name` names the key `prefix + identifier + suffix`. */
interface FlowRule {
  readonly targetId: Count;
  readonly prefix: string;
  readonly suffix: string;
  readonly score: RuleScore;
  support: Count;
  lastIdentifier: number;
}

/** The sources of one template, and whether any of them has a rule that may guess, as of the last look. */
interface TemplateSources {
  readonly sources: Map<string, Source>;
  guesses: boolean;
  asOfMs: Millis;
}

/** Receives a guess: this key will be read soon, says this rule. */
export type Guess = (key: string, rule: RuleScore) => GuessOutcome;

/**
 * Learns that a field of a value just read names the key read next: the `userId` of `session:{}` is the id of
 * `profile:{}`. Needs neither hints nor a request context: identifiers of the last 500 ms are joined with the
 * varying segments of the keys now read. Generalises Apollo's parameter mapping (Glasbergen et al., EDBT 2018).
 *
 * Only salted 32-bit hashes of identifiers are kept; fields named like secrets are never looked at.
 */
export class ValueFlow {
  readonly #salt: number;
  readonly #horizonMs: Millis;
  readonly #fields: IdentifierFields;
  readonly #recent: RecentIdentifiers;
  readonly #sources: Source[] = [];
  readonly #byTemplate = new Map<Count, TemplateSources>();
  #rules = 0;
  #sinceMs: Millis | undefined;

  constructor(salt: number, horizonMs: Millis, denyFields: readonly string[] = []) {
    this.#salt = salt;
    this.#horizonMs = horizonMs;
    this.#fields = new IdentifierFields(denyFields);
    this.#recent = new RecentIdentifiers(horizonMs, BUCKETS);
  }

  /** Rules held, guessing or not; at most 1,024. */
  get ruleCount(): Count {
    return this.#rules;
  }

  /** Memory held: the index, and rules and sources by what one was measured to take. */
  get bytes(): Bytes {
    return this.#recent.bytes + this.#rules * 600 + this.#sources.length * 400;
  }

  scores(): RuleScore[] {
    return this.#sources.flatMap((source) => source.rules.map((rule) => rule.score));
  }

  /** Whether a read of the template can teach anything or name a key to load; most reads of most seconds cannot. */
  wants({ template }: KeyShape, atMs: Millis): boolean {
    return this.#isLooking(atMs) || this.#hasRules(template.id, atMs);
  }

  /** A key (`reader`: its salted hash) was asked for: which values read before named it? */
  onRead(key: string, reader: number, shape: KeyShape, atMs: Millis): void {
    if (!this.#isLooking(atMs)) return;
    for (let i = 0; i < shape.slots.length; i += 2) {
      const start = shape.slots[i]!;
      const end = shape.slots[i + 1]!;
      const identifier = hashKey(key.slice(start, end), this.#salt);
      this.#recent.find(identifier, reader, atMs, (id) =>
        this.#support(this.#sources[id]!, shape.template.id, key, start, end, identifier),
      );
    }
  }

  /** The value of a key (`owner`: its salted hash) is known: remembers what it names, and guesses. */
  onValue(key: string, owner: number, shape: KeyShape, value: unknown, atMs: Millis, guess: Guess): void {
    const looking = this.#isLooking(atMs);
    const look = (name: string, identifier: string) => {
      const source = this.#sourceOf(shape.template.id, shape.template.pattern, name);
      if (!source) return;
      if (source.seen >= JUDGE_AFTER) {
        if (source.repeated > source.seen / 2) return;
        source.seen /= 2;
        source.repeated /= 2;
      }
      if (looking) {
        source.seen++;
        const hash = hashKey(identifier, this.#salt);
        if (this.#recent.remember(hash, source.id, owner, atMs) === 'repeated') source.repeated++;
      }
      guessBy(source, identifier, key, guess);
    };
    for (let i = 0; i < shape.slots.length; i += 2)
      look(SLOT_NAMES[i / 2]!, key.slice(shape.slots[i], shape.slots[i + 1]));
    this.#fields.visit(value, look);
  }

  /** The value of a key is known: guesses by the rules there are, and learns nothing. */
  guessFrom(key: string, shape: KeyShape, value: unknown, atMs: Millis, guess: Guess): void {
    if (!this.#hasRules(shape.template.id, atMs)) return;
    const sources = this.#byTemplate.get(shape.template.id)?.sources;
    this.#fields.visit(value, (name, identifier) => {
      const source = sources?.get(name);
      if (source) guessBy(source, identifier, key, guess);
    });
  }

  #isLooking(atMs: Millis): boolean {
    this.#sinceMs ??= atMs;
    return atMs - this.#sinceMs < EAGER_MS || Math.floor(atMs / LOOK_MS) % LOOK_EVERY === 0;
  }

  #hasRules(templateId: Count, atMs: Millis): boolean {
    const known = this.#byTemplate.get(templateId);
    if (!known) return false;
    if (atMs - known.asOfMs >= LOOK_MS) {
      known.asOfMs = atMs;
      known.guesses = [...known.sources.values()].some(({ rules }) =>
        rules.some(({ support, score }) => support >= MIN_SUPPORT && score.lowerBound > 0),
      );
    }
    return known.guesses;
  }

  #sourceOf(templateId: Count, pattern: string, name: string): Source | undefined {
    let known = this.#byTemplate.get(templateId);
    if (!known) {
      known = { sources: new Map(), guesses: false, asOfMs: Number.NEGATIVE_INFINITY };
      this.#byTemplate.set(templateId, known);
    }
    let source = known.sources.get(name);
    if (!source && this.#sources.length < MAX_SOURCES) {
      const id = this.#sources.length;
      source = { id, templateId, name: `${pattern} ${name}`, rules: [], seen: 0, repeated: 0 };
      this.#sources.push(source);
      known.sources.set(name, source);
    }
    return source;
  }

  #support(
    source: Source,
    targetId: Count,
    key: string,
    start: number,
    end: number,
    identifier: number,
  ): void {
    const prefix = key.slice(0, start);
    const suffix = key.slice(end);
    for (const rule of source.rules)
      if (rule.targetId === targetId && rule.prefix === prefix && rule.suffix === suffix) {
        if (rule.lastIdentifier !== identifier) rule.support++;
        rule.lastIdentifier = identifier;
        return;
      }
    const score = new RuleScore('value-flow', `${source.name} names ${prefix}{}${suffix}`, this.#horizonMs);
    const rule: FlowRule = { targetId, prefix, suffix, score, support: 1, lastIdentifier: identifier };
    if (source.rules.length < MAX_RULES_PER_SOURCE && this.#rules < MAX_RULES) {
      source.rules.push(rule);
      this.#rules++;
      return;
    }
    // No room: the weakest of the source fades, and gives way once it has nothing left.
    const weakest = source.rules.reduce((a, b) => (b.support < a.support ? b : a), source.rules[0] ?? rule);
    weakest.support /= 2;
    const at = source.rules.indexOf(weakest);
    if (weakest.support < 1 && at >= 0) source.rules[at] = rule;
  }
}

/** Offers the keys that a source's rules make of an identifier; `key` is the one it was found in. */
function guessBy({ rules }: Source, identifier: string, key: string, guess: Guess): void {
  for (const rule of rules)
    if (rule.support >= MIN_SUPPORT && rule.score.isWorthAsking()) {
      const named = rule.prefix + identifier + rule.suffix;
      if (named !== key) guess(named, rule.score);
    }
}
