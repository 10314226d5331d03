import type { Millis } from '../units.ts';

/** What tells one state of a value from the next. Give what the origin offers; the more, the faster it is learned. */
export interface Validator {
  /** Counts changes; must grow by one with each. */
  readonly version?: number;
  /** Differs whenever the value does: an ETag, a digest, a revision id. */
  readonly etag?: string;
  /** How long ago the origin says it changed last. Ignored when negative, as skewed clocks make it. */
  readonly ageMs?: Millis;
}

/** As milliseconds, a number below this would be before 3 March 1973: it is taken for seconds. */
const LEAST_UNIX_MS: Millis = 1e11;

/**
 * Reads, at the Unix time given, the validator a value carries in its own fields (`version`, `etag`, `lastModified` or
 * `updatedAt`: a date, its text, or Unix time in seconds or milliseconds), and falls back to its JSON text. Of a value
 * that cannot be written as JSON nothing can be learned.
 */
export function validatorOf(value: unknown, unixMs: Millis): Validator {
  if (typeof value !== 'object' || value === null) return { etag: String(value) };
  const fields = value as Record<string, unknown>;
  const { version, etag } = fields;
  const modified = timeOf(fields.lastModified ?? fields.updatedAt);
  const dated = modified === undefined ? {} : { ageMs: unixMs - modified };
  if (Number.isFinite(version)) return { version: version as number, ...dated };
  if (typeof etag === 'string') return { etag, ...dated };
  if (modified !== undefined) return { etag: String(modified), ...dated };
  const text = ArrayBuffer.isView(value) ? latin1(value) : json(value);
  return text === undefined ? {} : { etag: text };
}

/** Undefined also for times up to 1970: they stand for none, as in `0` and `0001-01-01T00:00:00Z`. */
function timeOf(field: unknown): Millis | undefined {
  const time =
    typeof field === 'string' ? Date.parse(field) : field instanceof Date ? field.getTime() : unixMsOf(field);
  return time > 0 && time < Number.POSITIVE_INFINITY ? time : undefined;
}

function unixMsOf(field: unknown): Millis {
  const time = typeof field === 'number' || typeof field === 'bigint' ? Number(field) : Number.NaN;
  return time < LEAST_UNIX_MS ? time * 1000 : time;
}

function latin1(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function json(value: object): string | undefined {
  try {
    const text = JSON.stringify(value);
    return text?.includes('{}') ? JSON.stringify(value, inFull) : text;
  } catch {
    return undefined;
  }
}

/** JSON writes what it cannot see into as `{}`, and that would never seem to change. */
function inFull(_name: string, part: unknown): unknown {
  if (part instanceof Map || part instanceof Set) return [...part];
  if (typeof part === 'object' && part !== null && isOpaque(part)) throw new TypeError('no JSON shows it');
  return part;
}

function isOpaque(part: object): boolean {
  const prototype = Object.getPrototypeOf(part);
  const isData = prototype === Object.prototype || prototype === null;
  return !isData && !Array.isArray(part) && !ArrayBuffer.isView(part) && Object.keys(part).length === 0;
}

/** FNV-1a, 32 bits: one unnoticed change in four thousand million is below every other error here. */
export function digest(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
