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

/**
 * Reads, at the Unix time given, the validator a value carries in its own fields (`version`, `etag`, `lastModified` or `updatedAt`), and
 * falls back to a digest of its JSON text. Of a value that cannot be written as JSON nothing can be learned.
 */
export function validatorOf(value: unknown, unixMs: Millis): Validator {
  if (typeof value !== 'object' || value === null) return { etag: String(value) };
  const fields = value as Record<string, unknown>;
  const { version, etag } = fields;
  const modified = timeOf(fields.lastModified ?? fields.updatedAt);
  const dated = modified === undefined ? {} : { ageMs: unixMs - modified };
  if (typeof version === 'number') return { version, ...dated };
  if (typeof etag === 'string') return { etag, ...dated };
  if (modified !== undefined) return { etag: String(modified), ...dated };
  const text = ArrayBuffer.isView(value) ? latin1(value) : json(value);
  return text === undefined ? {} : { etag: text };
}

function timeOf(field: unknown): Millis | undefined {
  const time =
    typeof field === 'number'
      ? field
      : typeof field === 'string'
        ? Date.parse(field)
        : Number(field ?? Number.NaN);
  return Number.isFinite(time) ? time : undefined;
}

function latin1(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function json(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** FNV-1a, 32 bits: one unnoticed change in four thousand million is below every other error here. */
export function digest(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
