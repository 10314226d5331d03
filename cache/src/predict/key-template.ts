import type { Bytes, Count } from '../units.ts';

/** Distinct words a segment may have before it is taken to vary; more than a large mesh has services. */
const MAX_WORDS = 64;
/** Keys whose shapes are remembered; a power of two. */
const RECENT: Count = 1024;
/** Templates found by what stands before their only varying segment; a power of two. */
const PLAIN: Count = 256;
/** What follows the twelfth segment counts as part of it. */
const MAX_SEGMENTS = 12;
/** Long runs of digits, or of hexadecimal digits and dashes: numbers, UUIDs, digests, random tokens. */
const RANDOM_LOOKING = /\d{6}|^(?=.*\d)[0-9a-f-]{12,}\W?$/i;
const HAS_DIGIT = /\d/;

/** One pattern that keys follow: `profile.12:{}`. */
interface KeyTemplate {
  readonly id: Count;
  readonly pattern: string;
}

/** A key laid against its template. */
export interface KeyShape {
  readonly template: KeyTemplate;
  /** Start and end of each varying segment, in turns. */
  readonly slots: readonly number[];
}

interface PlainTemplate {
  readonly prefix: string;
  readonly template: KeyTemplate;
}

interface Node {
  /** Undefined once the segment is taken to vary. */
  words: Map<string, Node> | undefined;
  varying: Node | undefined;
  template: KeyTemplate | undefined;
}

/**
 * Learns the patterns of keys from the keys themselves, without being told a format.
 *
 * A tree over the segments of a key, after Drain (He et al., ICWS 2017): a segment holds words until it has seen
 * 64 of them; from then on it varies. A segment that looks random, and a last segment with a digit, vary at once.
 * One walk over the key; at most `maxNodes` nodes, beyond which no new pattern is learned.
 */
export class KeyTemplates {
  readonly #root = createNode();
  readonly #maxNodes: Count;
  readonly #onDropped: (templateId: Count) => void;
  /** Shapes of keys met lately, each at a place of its last letters: a key missed is filled and read again soon. */
  readonly #recentKeys = new Array<string>(RECENT).fill('');
  readonly #recentShapes = new Array<KeyShape | undefined>(RECENT).fill(undefined);
  /** Where only the last segment varies, what stands before it tells the template: most keys are of that kind. */
  readonly #plain = new Array<PlainTemplate | undefined>(PLAIN).fill(undefined);
  #nodes = 1;
  #templates = 0;

  /** @param onDropped Hears of templates that no key follows any more, as a segment of theirs varies now. */
  constructor(maxNodes: Count = 1024, onDropped: (templateId: Count) => void = () => {}) {
    this.#maxNodes = maxNodes;
    this.#onDropped = onDropped;
  }

  /** Nodes held now. */
  get nodes(): Count {
    return this.#nodes;
  }

  /** Memory held, by what one node was measured to take. */
  get bytes(): Bytes {
    return this.#nodes * 400 + RECENT * 200 + PLAIN * 100;
  }

  /** The shape of a key; undefined when it follows no known pattern and there is no room for a new one. */
  shapeOf(key: string): KeyShape | undefined {
    const start = startOfNumbered(key);
    const plain = start > 0 ? this.#plain[plainPlaceOf(key, start)] : undefined;
    if (plain && plain.prefix.length === start && key.startsWith(plain.prefix))
      return { template: plain.template, slots: [start, key.length] };
    const place = placeOf(key);
    if (this.#recentKeys[place] === key) return this.#recentShapes[place];
    const shape = this.#walk(key);
    if (shape && start > 0 && shape.slots.length === 2 && shape.slots[0] === start) {
      this.#plain[plainPlaceOf(key, start)] = { prefix: key.slice(0, start), template: shape.template };
      return shape;
    }
    this.#recentKeys[place] = key;
    this.#recentShapes[place] = shape;
    return shape;
  }

  #walk(key: string): KeyShape | undefined {
    const slots: number[] = [];
    let node: Node | undefined = this.#root;
    let start = 0;
    for (let segment = 1; ; segment++) {
      let end = start;
      while (end < key.length && (segment === MAX_SEGMENTS || !isDelimiter(key.charCodeAt(end)))) end++;
      const last = end === key.length;
      const word = key.slice(start, last ? end : end + 1);
      const held: Node | undefined = node.words?.get(word);
      if (held) node = held;
      else if (this.#varies(node, word, last)) {
        slots.push(start, end);
        node = node.varying ?? this.#add((child) => (node!.varying = child));
      } else node = this.#add((child) => node!.words!.set(word, child));
      if (!node) return undefined;
      if (last) break;
      start = end + 1;
    }
    node.template ??= { id: this.#templates++, pattern: patternOf(key, slots) };
    return { template: node.template, slots };
  }

  #varies(node: Node, word: string, last: boolean): boolean {
    if (!node.words || (last && HAS_DIGIT.test(word)) || RANDOM_LOOKING.test(word)) return true;
    if (node.words.size < MAX_WORDS) return false;
    for (const child of node.words.values()) this.#drop(child);
    node.words = undefined;
    this.#recentKeys.fill('');
    this.#plain.fill(undefined);
    return true;
  }

  #drop(node: Node): void {
    this.#nodes--;
    if (node.template) this.#onDropped(node.template.id);
    if (node.varying) this.#drop(node.varying);
    for (const child of node.words?.values() ?? []) this.#drop(child);
  }

  #add(attach: (child: Node) => void): Node | undefined {
    if (this.#nodes >= this.#maxNodes) return undefined;
    const child = createNode();
    attach(child);
    this.#nodes++;
    return child;
  }
}

/** Where the last segment begins, if a digit in it makes it vary whatever it is; else 0. */
function startOfNumbered(key: string): number {
  let hasDigit = false;
  for (let at = key.length - 1; at >= 0; at--) {
    const code = key.charCodeAt(at);
    if (isDelimiter(code)) return hasDigit ? at + 1 : 0;
    if (code >= 0x30 && code <= 0x39) hasDigit = true;
  }
  return 0;
}

function plainPlaceOf(key: string, start: number): number {
  const letters = key.charCodeAt(start - 2) + 7 * key.charCodeAt(start - 3) + 31 * key.charCodeAt(0);
  return (letters + start) & (PLAIN - 1);
}

function placeOf(key: string): number {
  const end = key.length;
  const letters = key.charCodeAt(end - 1) + 11 * key.charCodeAt(end - 2) + 101 * key.charCodeAt(end - 3);
  return (letters + end) & (RECENT - 1);
}

function createNode(): Node {
  return { words: new Map(), varying: undefined, template: undefined };
}

function patternOf(key: string, slots: readonly number[]): string {
  let pattern = '';
  let at = 0;
  for (let i = 0; i < slots.length; i += 2) {
    pattern += `${key.slice(at, slots[i])}{}`;
    at = slots[i + 1]!;
  }
  return pattern + key.slice(at);
}

function isDelimiter(code: number): boolean {
  switch (code) {
    case 0x3a: // :
    case 0x2f: // /
    case 0x2e: // .
    case 0x3f: // ?
    case 0x26: // &
    case 0x3d: // =
    case 0x7c: // |
      return true;
    default:
      return false;
  }
}
