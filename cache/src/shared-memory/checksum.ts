import type { Count } from '../units.ts';

const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/**
 * xxHash32 (Yann Collet, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) over whole 32-bit words. Four
 * independent lanes keep the processor's multipliers busy: some 60 ns for 640 B, where zlib's crc32 pays 250 ns, most of
 * it for the call out of JavaScript.
 */
export function checksum(words: Uint32Array, from: number, to: number, seed: number): number {
  const count: Count = to - from;
  let at = from;
  let hash: number;
  if (count >= 4) {
    let a = (seed + PRIME_1 + PRIME_2) | 0;
    let b = (seed + PRIME_2) | 0;
    let c = seed | 0;
    let d = (seed - PRIME_1) | 0;
    for (const last = to - 4; at <= last; at += 4) {
      a = lane(a, words[at]!);
      b = lane(b, words[at + 1]!);
      c = lane(c, words[at + 2]!);
      d = lane(d, words[at + 3]!);
    }
    hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
  } else hash = seed + PRIME_5;
  hash = (hash + 4 * count) | 0;
  for (; at < to; at++) hash = Math.imul(rotate((hash + Math.imul(words[at]!, PRIME_3)) | 0, 17), PRIME_4);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function lane(value: number, word: number): number {
  return Math.imul(rotate((value + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
