// As a whole: a name that an older Node lacks would end its processes before the preload can leave them alone.
import * as crypto from 'node:crypto';

/**
 * Headers that change from request to request and do not say who asks or what for. Every other header is part
 * of the key, known to us or not: an unknown header may carry an identity.
 */
export const HARMLESS = new Set([
  'accept-encoding',
  'cache-control',
  'pragma',
  'connection',
  'keep-alive',
  'content-length',
  'host',
  'sec-fetch-mode',
  'te',
  'traceparent',
  'tracestate',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'uber-trace-id',
  'ot-tracer-traceid',
  'ot-tracer-spanid',
  'ot-tracer-sampled',
  'x-request-id',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
]);
/** Who carries one of these is asking as somebody. */
export const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Keeps a key from telling who asked, also in a heap dump, to anyone without this process's memory. */
const SALT = crypto.randomBytes(16).toString('base64');

/** One text for who asks and in which way: equal only for equal headers. */
export function hashOf(headers: [name: string, value: string][]): string {
  return crypto.hash('sha256', SALT + JSON.stringify(headers.sort(byName)), 'base64url');
}

/** By name only: of a header given twice the order may matter to the origin, and the sort keeps it. */
function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
