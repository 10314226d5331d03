/** The directives of a `Cache-Control` header: name in lower case → argument, or null without one. */
export type Directives = ReadonlyMap<string, string | null>;

const DIRECTIVE = /([!#$%&'*+\-.^_`|~\w]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s,;]*)))?/g;
const NONE: Directives = new Map();

/**
 * Reads a `Cache-Control` header. Of a directive given twice the first counts.
 * https://www.rfc-editor.org/rfc/rfc9111.html#section-5.2
 */
export function parseCacheControl(header: string | undefined): Directives {
  if (!header) return NONE;
  const directives = new Map<string, string | null>();
  for (const [, name, quoted, token] of header.matchAll(DIRECTIVE)) {
    const lower = name!.toLowerCase();
    if (!directives.has(lower)) directives.set(lower, quoted ?? token ?? null);
  }
  return directives;
}

/**
 * A directive's delta-seconds in milliseconds; undefined without the directive, 0 when it is unreadable, because
 * a cache is encouraged to take that as stale.
 * https://www.rfc-editor.org/rfc/rfc9111.html#section-1.2.2 and #section-4.2.1
 */
export function deltaMs(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  if (value === undefined) return undefined;
  return value !== null && /^\d+$/.test(value) ? Math.min(Number(value), 2 ** 31) * 1000 : 0;
}

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';
const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/i;

/**
 * Wall-clock milliseconds of an HTTP date; undefined for anything but the preferred form, which callers take as
 * stale. (`Date.parse` would read `Expires: 3600` as a year.)
 * https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.7
 */
export function parseHttpDate(text: string | undefined): number | undefined {
  const parts = text === undefined ? null : IMF_FIXDATE.exec(text);
  if (!parts) return undefined;
  const month = MONTHS.indexOf(parts[2]!.toLowerCase());
  if (month < 0 || month % 3 !== 0) return undefined;
  return Date.UTC(
    Number(parts[3]),
    month / 3,
    Number(parts[1]),
    Number(parts[4]),
    Number(parts[5]),
    Number(parts[6]),
  );
}
