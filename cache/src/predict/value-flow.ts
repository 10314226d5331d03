import { hashKey } from '../store/hash-key.ts';
import type { Bytes, Count, Millis } from '../units.ts';
import { FlowRules, type Guess, type Source } from './flow-rules.ts';
import { IdentifierFields } from './identifier-fields.ts';
import type { KeyShape } from './key-template.ts';
import type { PeerRules } from './peer-rules.ts';
import { RecentIdentifiers } from './recent-identifiers.ts';

const BUCKETS: Count = 2048;
/**
 * New rules are looked for all the time at first, for so long or so many accesses (a few seconds of a busy pod), and
 * in quiet seconds, else in one second of eight.
 */
const EAGER_MS: Millis = 30_000;
const EAGER: Count = 10_000;
const LOOK_MS: Millis = 1000;
const LOOK_EVERY = 8;
/** A second with fewer accesses than this is quiet: looking costs next to nothing, and examples are rare. */
const QUIET: Count = 1000;
/** After so many looks, a field whose identifiers mostly repeat across keys (country, status) is left alone. */
const JUDGE_AFTER: Count = 64;

/** How often rules that came to nothing make room for others. Those that begin need time to prove themselves. */
const ROOM_EVERY_MS: Millis = 60_000;

/** How the varying segments of a key are called as sources. */
const SLOT_NAMES = Array.from({ length: 16 }, (_, i) => `#${i}`);

/**
 * Learns that a field of a value just read names the key read next: the `userId` of `session:{}` is the id of
 * `profile:{}`. Needs neither hints nor a request context: identifiers of the last 500 ms are joined with the
 * varying segments of the keys now read. Generalises Apollo's parameter mapping (Glasbergen et al., EDBT 2018).
 *
 * Only salted 32-bit hashes of identifiers are kept; fields named like secrets are never looked at.
 */
export class ValueFlow {
  readonly rules: FlowRules;
  readonly #salt: number;
  readonly #fields: IdentifierFields;
  readonly #recent: RecentIdentifiers;
  #untilMs: Millis | undefined;
  #second = 0;
  #accesses = 0;
  #eager = EAGER;
  #isLooking = true;
  #madeRoomMs = 0;

  constructor(salt: number, horizonMs: Millis, peers: PeerRules, denyFields: readonly string[] = []) {
    this.#salt = salt;
    this.rules = new FlowRules(horizonMs, peers);
    this.#fields = new IdentifierFields(denyFields);
    this.#recent = new RecentIdentifiers(horizonMs, BUCKETS);
  }

  /** Memory held: the index, and what was learned. */
  get bytes(): Bytes {
    return this.#recent.bytes + this.rules.bytes;
  }

  /** One access, of any kind: begins a new second when it is time. */
  tick(atMs: Millis): void {
    this.#accesses++;
    const second = Math.floor(atMs / LOOK_MS);
    if (second !== this.#second) this.#begin(second, atMs);
  }

  /** Whether accesses are looked at for new rules now; most accesses of most seconds are not. */
  get isLooking(): boolean {
    return this.#isLooking;
  }

  /** A key (`reader`: its salted hash) was asked for: which values read before named it? */
  onRead(key: string, reader: number, shape: KeyShape, atMs: Millis): void {
    for (let i = 0; i < shape.slots.length; i += 2) {
      const start = shape.slots[i]!;
      const end = shape.slots[i + 1]!;
      const identifier = hashKey(key.slice(start, end), this.#salt);
      this.#recent.find(identifier, reader, atMs, (id) => {
        const source = this.rules.sourceAt(id);
        if (source) this.rules.support(source, shape.template.pattern, key, start, end, identifier);
      });
    }
  }

  /** The value of a key (`owner`: its salted hash) is known: remembers what it names, and guesses. */
  onValue(key: string, owner: number, shape: KeyShape, value: unknown, atMs: Millis, guess: Guess): void {
    const { id, pattern } = shape.template;
    const look = (name: string, identifier: string) => {
      const source = this.rules.sourceOf(id, pattern, name);
      if (!source) return;
      if (source.seen >= JUDGE_AFTER) {
        if (source.repeated > source.seen / 2) return;
        source.seen /= 2;
        source.repeated /= 2;
      }
      source.seen++;
      const hash = hashKey(identifier, this.#salt);
      if (this.#recent.remember(hash, source.id, owner, atMs) === 'repeated') source.repeated++;
      this.rules.guessBy(source, identifier, key, atMs, guess);
    };
    for (let i = 0; i < shape.slots.length; i += 2)
      look(SLOT_NAMES[i / 2]!, key.slice(shape.slots[i], shape.slots[i + 1]));
    this.#fields.visit(value, look);
  }

  /** The value of a key is known: guesses by the rules there are, and learns nothing. */
  guessFrom(key: string, { template, slots }: KeyShape, value: unknown, atMs: Millis, guess: Guess): void {
    const sources = this.rules.guessing(template.id, atMs);
    let deep = false;
    for (const source of sources) {
      if (source.place === 'deep') deep = true;
      else {
        const identifier =
          source.place === 'top' ? this.#fields.at(value, source.field) : slotOf(key, slots, source);
        if (identifier !== undefined) this.rules.guessBy(source, identifier, key, atMs, guess);
      }
    }
    if (!deep) return;
    this.#fields.visit(value, (name, identifier) => {
      const source = sources.find(({ field, place }) => place === 'deep' && field === name);
      if (source) this.rules.guessBy(source, identifier, key, atMs, guess);
    });
  }

  #begin(second: number, atMs: Millis): void {
    this.#untilMs ??= atMs + EAGER_MS;
    this.#eager -= this.#accesses;
    const eager = this.#eager > 0 && atMs < this.#untilMs;
    this.#isLooking = eager || this.#accesses < QUIET || second % LOOK_EVERY === 0;
    this.#accesses = 0;
    this.#second = second;
    if (!this.#isLooking || atMs - this.#madeRoomMs < ROOM_EVERY_MS) return;
    this.#madeRoomMs = atMs;
    this.rules.makeRoom();
  }
}

/** What stands in the varying segment of a key that a source is named after; of a field of that name, nothing. */
function slotOf(key: string, slots: readonly number[], { field }: Source): string | undefined {
  const at = 2 * Number(field.slice(1));
  return at < slots.length ? key.slice(slots[at], slots[at + 1]) : undefined;
}
