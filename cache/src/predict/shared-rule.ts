import type { Count } from '../units.ts';

/** Rules one pod may tell of. */
export const MAX_SHARED: Count = 32;
/** Longest pattern or field name that travels. */
const MAX_TEXT = 200;
const MAX_EVIDENCE: Count = 64;

/** A value-flow rule as pods tell each other: patterns and a field's name, never an identifier. */
export interface SharedRule {
  /** Pattern of the keys whose values name others: `session.12:{}`. */
  readonly source: string;
  /** The field, or `#0`, `#1`, … for a varying segment of the key itself. */
  readonly field: string;
  /** Pattern of the keys named, with one varying segment. */
  readonly target: string;
  /** Guesses of the pod's own that came true, and that did not; at most 64 together. */
  readonly right: Count;
  readonly wrong: Count;
}

/** What rules are called: to operators, and between pods. */
export function ruleName(source: string, field: string, target: string): string {
  return `${source} ${field} names ${target}`;
}

/**
 * Rules that differ only in numbers outside the varying segments are one family: what holds for `session.12` and
 * `profile.14` says something of `session.13` and `profile.15`.
 */
export function familyOf(name: string): string {
  return name.replace(/\d+/g, '#');
}

/** Whether this is no field of a value but a varying segment of its key: `#0` to `#15`. */
export function isSegment(field: string): boolean {
  return /^#\d\d?$/.test(field);
}

/** A field that may be told: names with digits may be identifiers themselves, as in values used as maps. */
export function mayTell(field: string): boolean {
  return isSegment(field) || !/\d/.test(field);
}

/** Rules whose texts are too long to be taken stay out: they would fill the message that has the others. */
export function encodeRules(rules: readonly SharedRule[]): Uint8Array {
  const rows = rules
    .filter(({ source, field, target }) => isText(source) && isText(field) && isText(target))
    .map(({ source, field, target, right, wrong }) => [source, field, target, right, wrong]);
  return new TextEncoder().encode(JSON.stringify(rows));
}

/** The rules of a message; none when it is not one. A rule that does not make sense is left out. */
export function decodeRules(payload: Uint8Array): SharedRule[] {
  let rows: unknown;
  try {
    rows = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return [];
  }
  if (!Array.isArray(rows)) return [];
  return rows.slice(0, MAX_SHARED).flatMap((row) => {
    if (!Array.isArray(row)) return [];
    const [source, field, target, right, wrong] = row as unknown[];
    if (!isText(source) || !isText(field) || !isText(target) || !isCount(right) || !isCount(wrong)) return [];
    if (target.split('{}').length !== 2 || right + wrong > MAX_EVIDENCE) return [];
    return [{ source, field, target, right, wrong }];
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT;
}

function isCount(value: unknown): value is Count {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
