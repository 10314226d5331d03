import type { Bytes, Count } from '../units.ts';
import { HASH, type KeyHash } from './namespaces.ts';

/** A key's digest and what tells one state of its value from the next, in 32 bits. */
export interface StampedHash {
  readonly hash: KeyHash;
  readonly stamp: number;
}

/** What pods tell each other. Never a value. */
export type Signal =
  /** I am here, for the `number`th time (16 bits); the gaps tell how much is lost on the way. */
  | { readonly kind: 'hello'; readonly number: number }
  /** To the owner of the keys: I missed these. */
  | { readonly kind: 'misses'; readonly hashes: readonly KeyHash[] }
  /** The same of keys that may not travel. */
  | { readonly kind: 'misses-hashed'; readonly hashes: readonly KeyHash[] }
  /** The owner to a pod that missed: which keys are these? */
  | { readonly kind: 'reveal'; readonly hashes: readonly KeyHash[] }
  /** The answer, sealed. */
  | { readonly kind: 'revealed'; readonly sealed: Uint8Array }
  /** The owner to all: these keys are hot; sealed. */
  | { readonly kind: 'hot'; readonly sealed: Uint8Array }
  /** The owner to all: the keys of these digests are hot. */
  | { readonly kind: 'hot-hashed'; readonly hashes: readonly KeyHash[] }
  /** To all: I fetched these and they had changed. */
  | { readonly kind: 'changed'; readonly keys: readonly StampedHash[] }
  /** To all: I fetched these and they had not changed. */
  | { readonly kind: 'validated'; readonly keys: readonly StampedHash[] }
  /** To all: which rules hold here, in the predictor's own format; sealed. */
  | { readonly kind: 'rules'; readonly sealed: Uint8Array }
  /** To one: send me your working set. */
  | { readonly kind: 'warm-request' }
  /** The answer, in parts, hottest first; sealed. `lesson`: what eviction has learned there, NaN for nothing. */
  | {
      readonly kind: 'warm-keys';
      readonly last: boolean;
      readonly lesson: number;
      readonly sealed: Uint8Array;
    };

/** More than this nobody sends. */
export const MAX_MESSAGE: Bytes = 65_536;
/** Bytes of a digest and its stamp. */
const STAMPED = HASH + 4;
/** Bytes before the keys of a working set: whether they are the last, and the lesson. */
const ABOUT_KEYS = 9;
/** First byte of every message; pods of another format version are not understood and not answered. */
const FORMAT = 3;
const KINDS = [
  'hello',
  'misses',
  'misses-hashed',
  'reveal',
  'revealed',
  'hot',
  'hot-hashed',
  'changed',
  'validated',
  'rules',
  'warm-request',
  'warm-keys',
] as const satisfies readonly Signal['kind'][];

/** Writes a signal; `room` bytes are left free at the end for the signature. */
export function encode(signal: Signal, room: number): Buffer {
  const head = Buffer.from([FORMAT, KINDS.indexOf(signal.kind)]);
  const tail = Buffer.alloc(room);
  switch (signal.kind) {
    case 'hello':
      return Buffer.concat([head, Buffer.from([signal.number & 255, (signal.number >> 8) & 255]), tail]);
    case 'warm-request':
      return Buffer.concat([head, tail]);
    case 'misses':
    case 'misses-hashed':
    case 'reveal':
    case 'hot-hashed': {
      const body = Buffer.alloc(signal.hashes.length * HASH);
      for (const [i, hash] of signal.hashes.entries()) body.writeUIntLE(hash, i * HASH, HASH);
      return Buffer.concat([head, body, tail]);
    }
    case 'changed':
    case 'validated': {
      const body = Buffer.alloc(signal.keys.length * STAMPED);
      for (const [i, { hash, stamp }] of signal.keys.entries()) {
        body.writeUIntLE(hash, i * STAMPED, HASH);
        body.writeUInt32LE(stamp, i * STAMPED + HASH);
      }
      return Buffer.concat([head, body, tail]);
    }
    case 'revealed':
    case 'hot':
    case 'rules':
      return Buffer.concat([head, signal.sealed, tail]);
    case 'warm-keys': {
      const about = Buffer.alloc(ABOUT_KEYS);
      about.writeUInt8(signal.last ? 1 : 0);
      about.writeDoubleLE(signal.lesson, 1);
      return Buffer.concat([head, about, signal.sealed, tail]);
    }
  }
}

/** Reads a signal from a message without its signature; undefined when it is not one. */
export function decode(message: Uint8Array): Signal | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const kind = KINDS[bytes[1] ?? KINDS.length];
  if (bytes[0] !== FORMAT || kind === undefined) return undefined;
  const body = bytes.subarray(2);
  switch (kind) {
    case 'hello':
      return body.length === 2 ? { kind, number: body.readUInt16LE() } : undefined;
    case 'warm-request':
      return { kind };
    case 'misses':
    case 'misses-hashed':
    case 'reveal':
    case 'hot-hashed': {
      if (body.length % HASH !== 0) return undefined;
      return {
        kind,
        hashes: Array.from({ length: body.length / HASH }, (_, i) => body.readUIntLE(i * HASH, HASH)),
      };
    }
    case 'changed':
    case 'validated': {
      if (body.length % STAMPED !== 0) return undefined;
      const keys = Array.from({ length: body.length / STAMPED }, (_, i) => ({
        hash: body.readUIntLE(i * STAMPED, HASH),
        stamp: body.readUInt32LE(i * STAMPED + HASH),
      }));
      return { kind, keys };
    }
    case 'revealed':
    case 'hot':
    case 'rules':
      return { kind, sealed: body };
    case 'warm-keys':
      if (body.length < ABOUT_KEYS) return undefined;
      return {
        kind,
        last: body[0] === 1,
        lesson: body.readDoubleLE(1),
        sealed: body.subarray(ABOUT_KEYS),
      };
  }
}

/** What a message may have of keys, so that it stays below 64 KiB with all that is around them. */
const KEYS_BYTES: Bytes = 60_000;

/** The same keys in lists that fit into a message each, of `maxKeys` at most. */
export function inParts(keys: readonly string[], maxKeys: Count = Number.POSITIVE_INFINITY): string[][] {
  const parts: string[][] = [];
  let roomBytes = 0;
  for (const key of keys) {
    const bytes = 2 + Buffer.byteLength(key);
    if (bytes > roomBytes || parts.at(-1)!.length >= maxKeys) {
      parts.push([]);
      roomBytes = KEYS_BYTES;
    }
    parts.at(-1)!.push(key);
    roomBytes -= bytes;
  }
  return parts;
}

/** Keys as bytes, each behind its length. */
export function packKeys(keys: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  for (const key of keys) {
    const text = Buffer.from(key);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(text.length);
    parts.push(length, text);
  }
  return Buffer.concat(parts);
}

/** The keys of `packKeys`, made one at a time as they are asked for; what is cut off at the end is left out. */
export function* unpackKeys(bytes: Buffer): Generator<string, void> {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16LE(at);
    if (end > bytes.length) return;
    yield bytes.toString('utf8', at + 2, end);
    at = end;
  }
}
