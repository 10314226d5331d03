import type { Bytes, Millis } from '../units.ts';
import { deltaMs, parseCacheControl, parseHttpDate } from './cache-control.ts';
import type { HttpRoute } from './config.ts';
import { headerOf, type ResponseHeaders } from './headers.ts';

/** Why a complete answer was not kept. */
export type NotStored =
  | 'status'
  | 'no-store'
  | 'no-cache'
  | 'private'
  | 'set-cookie'
  | 'vary-star'
  | 'stream'
  | 'too-large'
  | 'no-freshness'
  | 'stale'
  | 'partial';

export type StoreDecision =
  | {
      readonly kind: 'store';
      readonly lifeMs: Millis;
      readonly initialAgeMs: Millis;
      readonly vary: string[];
    }
  | { readonly kind: 'no'; readonly why: NotStored };

export interface AnswerHead {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Wall-clock time of arrival, to read `Date` against. */
  readonly wallMs: Millis;
  /** From sending the request to the arrival of the head. */
  readonly delayMs: Millis;
}

/**
 * Whether a shared cache may keep this answer, and how long it is fresh. Stricter than RFC 9111 where the RFC
 * leaves the choice: no heuristic freshness, never `Set-Cookie`, and `no-cache` answers are not kept at all.
 */
export function decideStore(head: AnswerHead, route: HttpRoute, maxEntryBytes: Bytes): StoreDecision {
  const { status, headers } = head;
  const negative = status === 404 && route.negativeTtlMs !== undefined;
  if (status === 206 || headers['content-range'] !== undefined) return no('partial');
  if (status !== 200 && !negative) return no('status');
  // https://www.rfc-editor.org/rfc/rfc9111.html#section-5.2.2.5 (no-store), .4 (no-cache), .7 (private)
  const control = parseCacheControl(headerOf(headers, 'cache-control'));
  if (control.has('no-store')) return no('no-store');
  if (control.has('private')) return no('private');
  if (control.has('no-cache')) return no('no-cache');
  // https://www.rfc-editor.org/rfc/rfc9111.html#section-7.3: a cookie in the answer belongs to one user.
  if (headers['set-cookie'] !== undefined) return no('set-cookie');
  // https://www.rfc-editor.org/rfc/rfc9111.html#section-4.1
  const vary = (headerOf(headers, 'vary') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (vary.includes('*')) return no('vary-star');
  if (headerOf(headers, 'content-type')?.startsWith('text/event-stream')) return no('stream');
  if (Number(headerOf(headers, 'content-length') ?? 0) > maxEntryBytes) return no('too-large');

  const initialAgeMs = initialAge(head);
  const explicit = explicitFreshness(head, control);
  const statedMs = explicit === undefined ? undefined : explicit - initialAgeMs;
  const chosenMs = negative ? route.negativeTtlMs : route.ttlMs;
  // What the origin says can only shorten the life that the route's owner chose.
  const lifeMs = typeof chosenMs === 'number' ? Math.min(chosenMs, statedMs ?? chosenMs) : statedMs;
  if (lifeMs === undefined) return no('no-freshness');
  return lifeMs > 0 ? { kind: 'store', lifeMs, initialAgeMs, vary } : no('stale');
}

function no(why: NotStored): StoreDecision {
  return { kind: 'no', why };
}

/** https://www.rfc-editor.org/rfc/rfc9111.html#section-4.2.1: s-maxage, then max-age, then Expires less Date. */
function explicitFreshness(
  head: AnswerHead,
  control: ReturnType<typeof parseCacheControl>,
): Millis | undefined {
  const stated = deltaMs(control, 's-maxage') ?? deltaMs(control, 'max-age');
  if (stated !== undefined) return stated;
  const expires = head.headers.expires;
  if (expires === undefined) return undefined;
  const expiresMs = parseHttpDate(headerOf(head.headers, 'expires'));
  const dateMs = parseHttpDate(headerOf(head.headers, 'date')) ?? head.wallMs;
  return expiresMs === undefined ? 0 : Math.max(0, expiresMs - dateMs);
}

/** https://www.rfc-editor.org/rfc/rfc9111.html#section-4.2.3 */
function initialAge(head: AnswerHead): Millis {
  const dateMs = parseHttpDate(headerOf(head.headers, 'date'));
  const apparentMs = dateMs === undefined ? 0 : head.wallMs - dateMs;
  const said = [head.headers.age ?? ''].flat()[0]!.split(',')[0]!.trim();
  const saidMs = /^\d+$/.test(said) ? Number(said) * 1000 : 0;
  // `Date` counts whole seconds: below two of them it tells nothing about the age.
  return Math.max(apparentMs >= 2000 ? apparentMs : 0, saidMs + head.delayMs);
}
