import type { Bytes } from '../units.ts';

const BEYOND_LATIN1 = /[\u0100-\uffff]/;

/** What a string takes on V8's heap: 16 bytes of header, one byte a character in Latin-1, otherwise two. */
export function stringBytes(text: string): Bytes {
  const width = BEYOND_LATIN1.test(text) ? 2 : 1;
  return (16 + text.length * width + 7) & ~7;
}
