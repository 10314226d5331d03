import type { Bytes, Count } from '../units.ts';
import { headerOf, type ResponseHeaders } from './headers.ts';
import type { Kept } from './reads.ts';
import type { HttpRead } from './request.ts';

/** An HTTP answer as it is kept. The body is never handed out, only copies of it. */
export interface KeptAnswer extends Kept {
  readonly status: number;
  readonly statusText: string;
  readonly headers: ResponseHeaders;
  /** Names of the headers that came more than once: their values are lists, and a list is never handed out either. */
  readonly repeated: readonly string[];
  readonly trailers: ResponseHeaders;
  readonly body: Buffer;
  /** The caller's own values of the headers that the answer varies by. */
  readonly vary: readonly (readonly [name: string, value: string | undefined])[];
}

/** https://www.rfc-editor.org/rfc/rfc9111.html#section-3.1 and RFC 9110 §7.6.1: what must not be kept. */
const HOP_BY_HOP = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'traceparent',
  'tracestate',
  'age',
]);

export function keepableHeaders(headers: ResponseHeaders): ResponseHeaders {
  const named = (headerOf(headers, 'connection') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const kept: ResponseHeaders = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name) && !named.includes(name)) kept[name] = headers[name]!;
  return copyOf(kept);
}

/** So that no caller holds a list that another gets as well. */
export function copyOf(headers: ResponseHeaders): ResponseHeaders {
  const copy = { ...headers };
  for (const name of repeatedIn(headers)) copy[name] = [...headers[name]!];
  return copy;
}

export function repeatedIn(headers: ResponseHeaders): string[] {
  return Object.keys(headers).filter((name) => Array.isArray(headers[name]));
}

/** Bytes an answer takes in memory: body, address, header text at two bytes a character, and its objects. */
export function sizeOf(answer: KeptAnswer): Bytes {
  let headerChars: Count = 0;
  let headers: Count = 0;
  for (const fields of [answer.headers, answer.trailers])
    for (const name in fields) {
      headers++;
      headerChars += name.length + String(fields[name]).length;
    }
  return answer.body.byteLength + answer.address.length + 2 * headerChars + 48 * headers + 400;
}

/** Whether this answer may serve this caller: not too old for it, and the same in all that the answer varies by. */
export function suits(answer: KeptAnswer, read: HttpRead, ageMs: number): boolean {
  // https://www.rfc-editor.org/rfc/rfc9111.html#section-5.2.1.1 (max-age) and .3 (min-fresh)
  if (ageMs > read.maxAgeMs) return false;
  if (read.minFreshMs > 0 && answer.lifeMs + answer.initialAgeMs - ageMs < read.minFreshMs) return false;
  for (const [name, value] of answer.vary) if (read.header(name) !== value) return false;
  return true;
}

/** The headers of a hit: those kept, its age, and where it came from. A fresh object each time. */
export function hitHeaders(answer: KeptAnswer, ageMs: number): ResponseHeaders {
  // https://www.rfc-editor.org/rfc/rfc9111.html#section-5.1
  const headers: ResponseHeaders = {
    ...answer.headers,
    age: String(Math.floor(ageMs / 1000)),
    'x-l1-cache': 'hit',
  };
  for (const name of answer.repeated) headers[name] = [...answer.headers[name]!];
  return headers;
}
