const SEGMENT = /[^:/.?&=|]+/g;
const DIGIT = /\d/;

/** The pattern a key follows: `price.31:4711` → `price.{}:{}`. A segment with a digit in it is taken to vary. */
export function templateOfKey(key: string): string {
  // One expression for both looks at a long segment without a digit again from each of its letters.
  return key.replace(SEGMENT, (segment) => (DIGIT.test(segment) ? '{}' : segment));
}
