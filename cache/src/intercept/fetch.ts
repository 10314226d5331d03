import type { HeadersLike } from './headers.ts';
import { hitHeaders } from './http-answer.ts';
import { find } from './interceptor.ts';
import { asResponse, KeptResponse } from './kept-response.ts';
import type { InterceptedReads } from './reads.ts';
import type { RequestRules } from './request.ts';

interface Address {
  readonly origin: string;
  readonly path: string;
}

const MAX_ADDRESSES = 1024;

/**
 * A `fetch` that answers the plain case (`fetch(text, { method: 'GET', headers, signal })`, answer held and not
 * encoded) itself, at a tenth of what a hit costs below `fetch`. Everything else goes to the `fetch` it wraps,
 * where the dispatcher decides.
 * @param scopeNow tells in which scope `original` would be answered by our dispatcher now; undefined when it would not be.
 */
export function wrapFetch(
  original: typeof fetch,
  reads: InterceptedReads,
  rules: RequestRules,
  scopeNow: () => number | undefined,
): typeof fetch {
  const addresses = new Map<string, Address | null>();
  const addressOf = (text: string): Address | null => {
    let address = addresses.get(text);
    if (address === undefined) {
      if (addresses.size >= MAX_ADDRESSES) addresses.clear();
      address = parse(text);
      addresses.set(text, address);
    }
    return address;
  };

  const answer = (input: unknown, init: RequestInit | undefined): Response | undefined => {
    if (typeof input !== 'string' || reads.mode !== 'on' || !reads.isActive) return undefined;
    if (reads.store === undefined || !isPlainGet(init)) return undefined;
    const scope = scopeNow();
    if (scope === undefined) return undefined;
    const address = addressOf(input);
    if (address === null) return undefined;
    const headers = init?.headers;
    if (!areSendable(headers)) return undefined;
    const decision = rules.decide({
      scope,
      method: 'GET',
      ...address,
      headers,
      hasBody: false,
      isUpgrade: false,
    });
    if (decision.kind !== 'read') return undefined;
    const kept = find(reads, decision);
    if (kept === undefined || kept.vary.length > 0 || kept.repeated.length > 0) return undefined;
    if (kept.headers['content-encoding'] !== undefined) return undefined;
    reads.hit('fetch', decision.route.path, kept);
    const response = new KeptResponse({
      bytes: kept.body,
      status: kept.status,
      statusText: kept.statusText,
      headers: hitHeaders(kept, reads.ageMs(kept)) as Record<string, string>,
      url: address.origin + address.path,
      signal: init?.signal,
    });
    return asResponse(response);
  };

  const wrapped = function fetch(
    input: Parameters<typeof original>[0],
    init?: RequestInit,
  ): Promise<Response> {
    try {
      const response = answer(input, init);
      if (response !== undefined) return Promise.resolve(response);
    } catch {
      reads.fault();
    }
    return original(input, init);
  };
  return wrapped as typeof fetch;
}

function parse(text: string): Address | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  return { origin: url.origin, path: url.pathname + url.search };
}

function isPlainGet(init: RequestInit | undefined): boolean {
  if (init === undefined) return true;
  // Of an object of a class the loop below would not see what its getters say.
  if (init === null || Object.getPrototypeOf(init) !== Object.prototype) return false;
  for (const name in init) {
    const value = init[name as keyof RequestInit];
    if (value === undefined || name === 'headers') continue;
    if (name === 'method' && value === 'GET') continue;
    if (name === 'signal' && (value === null || (value instanceof AbortSignal && !value.aborted))) continue;
    return false;
  }
  return true;
}

/**
 * Left to `fetch` is what it would refuse or change on the way (it sends `undefined` as a word, and who is asking
 * may be told by that), and what can be read only once.
 */
function areSendable(headers: unknown): headers is HeadersLike {
  if (headers === undefined) return true;
  if (Array.isArray(headers))
    return headers.every((pair) => Array.isArray(pair) && pair.length === 2 && isSendable(pair[0], pair[1]));
  if (headers instanceof Headers) {
    for (const [name, value] of headers) if (!isSendable(name, value)) return false;
    return true;
  }
  if (headers === null || Object.getPrototypeOf(headers) !== Object.prototype) return false;
  if (Symbol.iterator in (headers as object)) return false;
  const fields = headers as Readonly<Record<string, unknown>>;
  for (const name in fields) if (!isSendable(name, fields[name])) return false;
  return true;
}

function isSendable(name: unknown, value: unknown): boolean {
  if (typeof name !== 'string' || typeof value !== 'string') return false;
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[!-~]([\t -~]*[!-~])?$/.test(value);
}
