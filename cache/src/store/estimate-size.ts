import type { Bytes } from '../units.ts';

const MAX_DEPTH = 8;

/** What a value takes in V8's memory, estimated from its shape. Cost grows with the value. */
export function estimateSize(value: unknown, depth = 0): Bytes {
  switch (typeof value) {
    case 'string':
      return 16 + value.length * 2;
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : 16;
    case 'bigint':
      return 24;
    case 'object':
      return value === null || depth > MAX_DEPTH ? 0 : sizeOfObject(value, depth + 1);
    default:
      return 0;
  }
}

function sizeOfObject(value: object, depth: number): Bytes {
  if (ArrayBuffer.isView(value)) return 200 + value.byteLength;
  if (Array.isArray(value)) {
    return value.reduce((sum: number, item) => sum + 8 + estimateSize(item, depth), 32);
  }
  let bytes = 32;
  for (const key in value) bytes += 8 + estimateSize((value as Record<string, unknown>)[key], depth);
  return bytes;
}
