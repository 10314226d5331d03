import type { Bytes, Count } from '../units.ts';
import { stringBytes } from './string-bytes.ts';

/** Deeper parts are taken as free; a value this deep should come with its `sizeBytes`. */
const MAX_DEPTH = 16;
/** Of a value with more objects the others count once, however often it refers to them. */
const MANY_OBJECTS: Count = 10_000;
const WORD: Bytes = 8;
const OBJECT_HEADER: Bytes = 24;
const ARRAY_HEADER: Bytes = 48;
const BOXED_NUMBER: Bytes = 16;
/** A view, its ArrayBuffer and the bookkeeping of its memory outside the heap. */
const VIEW_HEADER: Bytes = 232;
const COLLECTION_HEADER: Bytes = 136;
const COLLECTION_ENTRY: Bytes = 40;
/** `JSON.parse` makes a hash table of an object with more fields. */
const MOST_SHAPED_FIELDS: Count = 128;
const TABLE_HEADER: Bytes = 56;
const TABLE_PLACE: Bytes = 24;

/**
 * What a value takes in V8's memory (64 bit, pointers not compressed), estimated from its shape. The cost grows with
 * the value: some 10 ns a field. Text shared between values is counted in each; an object that leads back to one that
 * holds it is not followed.
 */
export function estimateSize(value: unknown): Bytes {
  if (typeof value !== 'object' || value === null) return sizeOf(value, 0);
  holders[0] = value;
  const bytes = sizeOfObject(value, 1);
  holders[0] = undefined;
  if (objects > 0) forget();
  return bytes;
}

/** Of the value at hand: how many objects were met, those that hold the one being looked at, and those of the many. */
let objects: Count = 0;
const holders = new Array<object | undefined>(MAX_DEPTH).fill(undefined);
const seen = new Set<object>();

function forget(): void {
  objects = 0;
  for (let depth = 1; depth < MAX_DEPTH && holders[depth] !== undefined; depth++) holders[depth] = undefined;
  if (seen.size > 0) seen.clear();
}

function sizeOf(value: unknown, depth: number): Bytes {
  switch (typeof value) {
    case 'string':
      return stringBytes(value);
    case 'number':
      return (value | 0) === value ? 0 : BOXED_NUMBER;
    case 'bigint':
      return 2 * WORD + Math.ceil(value.toString(16).length / 16) * WORD;
    case 'function':
      return 8 * WORD;
    case 'object':
      return value === null || depth >= MAX_DEPTH || isCounted(value, depth)
        ? 0
        : sizeOfObject(value, depth + 1);
    default:
      return 0;
  }
}

function isCounted(value: object, depth: number): boolean {
  for (let above = 0; above < depth; above++) if (holders[above] === value) return true;
  holders[depth] = value;
  objects++;
  if (objects <= MANY_OBJECTS) return false;
  if (seen.has(value)) return true;
  seen.add(value);
  return false;
}

function sizeOfObject(value: object, depth: number): Bytes {
  // Most values are plain, and asking for each kind below takes longer than their fields.
  return value.constructor === Object ? sizeOfFields(value, depth) : sizeOfKind(value, depth);
}

function sizeOfKind(value: object, depth: number): Bytes {
  if (Array.isArray(value)) {
    let bytes = ARRAY_HEADER;
    for (const item of value) bytes += WORD + sizeOf(item, depth);
    return bytes;
  }
  if (ArrayBuffer.isView(value)) return VIEW_HEADER + value.byteLength;
  if (value instanceof ArrayBuffer) return VIEW_HEADER + value.byteLength;
  if (value instanceof Date) return 96;
  if (value instanceof Map || value instanceof Set) {
    let bytes = COLLECTION_HEADER;
    for (const [key, item] of value.entries()) {
      bytes += COLLECTION_ENTRY + sizeOf(key, depth) + (value instanceof Map ? sizeOf(item, depth) : 0);
    }
    return bytes;
  }
  return sizeOfFields(value, depth);
}

function sizeOfFields(value: object, depth: number): Bytes {
  let bytes = OBJECT_HEADER;
  // Twice as fast as Object.keys; what a prototype adds is rare in values and counts a little too much.
  let fields = 0;
  for (const key in value) {
    bytes += WORD + sizeOf((value as Record<string, unknown>)[key], depth);
    fields++;
  }
  if (fields <= MOST_SHAPED_FIELDS && value.constructor !== undefined) return bytes;
  return bytes - fields * WORD + sizeOfTable(value, fields);
}

/** An object used as a map: its fields in a table with room for half as many again, and names that it has for itself. */
function sizeOfTable(value: object, fields: Count): Bytes {
  const places = 2 ** Math.ceil(Math.log2(Math.max(4, fields * 1.5)));
  let bytes = TABLE_HEADER + places * TABLE_PLACE;
  for (const name in value) bytes += stringBytes(name);
  return bytes;
}
