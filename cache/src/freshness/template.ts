const VARYING_SEGMENT = /[^:/.?&=|]*\d[^:/.?&=|]*/g;

/** The pattern a key follows: `price.31:4711` → `price.{}:{}`. A segment with a digit in it is taken to vary. */
export function templateOfKey(key: string): string {
  return key.replace(VARYING_SEGMENT, '{}');
}
