import type { Millis } from '../units.ts';
import { deltaMs, parseCacheControl } from './cache-control.ts';
import type { HttpRoute } from './config.ts';
import { eachHeader, type HeadersLike } from './headers.ts';
import { CREDENTIALS, HARMLESS, hashOf } from './identity.ts';
import { eachPropagatedHeader } from './propagated.ts';

/** Why a read of an allowed route went past the cache. */
export type BypassReason =
  | 'credentials'
  | 'range'
  | 'conditional'
  | 'no-store'
  | 'body'
  | 'upgrade'
  | 'path'
  | 'client'
  | 'dispatcher'
  | 'connection-state';

export type RequestDecision =
  /** Not on the allow-list: none of our business. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'pass'; readonly why: BypassReason }
  /** Changes what is at `uri` once it succeeds. */
  | { readonly kind: 'write'; readonly uri: string }
  | HttpRead;

export interface HttpRead {
  readonly kind: 'read';
  readonly route: HttpRoute;
  /** What a write to it changes. */
  readonly uri: string;
  readonly key: string;
  /** The oldest answer the caller takes; Infinity unless it said `max-age`. */
  readonly maxAgeMs: Millis;
  /** How much longer the answer must stay fresh; 0 unless it said `min-fresh`. */
  readonly minFreshMs: Millis;
  /** The caller's header of this name, for `Vary`. */
  readonly header: (name: string) => string | undefined;
}

/** What Node's `fetch` sends when the caller says nothing: the same as saying nothing. */
const DEFAULTS = new Map([
  ['accept', ['*/*']],
  ['accept-language', ['*']],
  ['user-agent', ['node', 'undici']],
]);
const CONDITIONAL = /^if-(none-match|match|modified-since|unmodified-since|range)$/;
const OUTSIDE: RequestDecision = { kind: 'outside' };

export interface RequestLine {
  /** Which dispatcher asks, and as whom: it may carry an identity that no header shows. */
  readonly scope: number | string;
  readonly method: string;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: HeadersLike;
  readonly hasBody: boolean;
  readonly isUpgrade: boolean;
}

/** Decides what to do with a request, and under which key its answer is kept. */
export class RequestRules {
  readonly #routes: readonly { readonly route: HttpRoute; readonly host: RegExp; readonly path: RegExp }[];

  constructor(routes: readonly HttpRoute[]) {
    this.#routes = routes.map((route) => ({
      route: {
        ...route,
        keyHeaders: (route.keyHeaders ?? []).map((name) => name.toLowerCase()),
        ignoreHeaders: (route.ignoreHeaders ?? []).map((name) => name.toLowerCase()),
      },
      host: glob(route.host.toLowerCase(), '.*'),
      path: glob(route.path, '[^/]*'),
    }));
  }

  /** The route that allows this address, if one does. */
  match(host: string, path: string): HttpRoute | undefined {
    const end = path.search(/[?#]/);
    const bare = end < 0 ? path : path.slice(0, end);
    for (const each of this.#routes) if (each.path.test(bare) && each.host.test(host)) return each.route;
    return undefined;
  }

  decide(request: RequestLine): RequestDecision {
    const { method, path, headers } = request;
    let host: string | undefined;
    eachHeader(headers, (name, value) => {
      if (name === 'host') host = value.toLowerCase();
    });
    const scheme = request.origin.indexOf('://');
    const route = this.match(host ?? request.origin.slice(scheme + 3).toLowerCase(), path);
    if (route === undefined) return OUTSIDE;
    const uri = targetUri(request.origin, host, path);
    if (!isRead(method)) return method === 'OPTIONS' || method === 'TRACE' ? OUTSIDE : { kind: 'write', uri };
    if (request.hasBody) return pass('body');
    if (request.isUpgrade) return pass('upgrade');
    // A path that the server may resolve to another one must not match by its looks.
    if (/(^|\/)(\.|%2e){1,2}(\/|\?|$)|\\/i.test(path)) return pass('path');
    // No header has a line break in it, so no two pairs of host and path look alike.
    return this.#read(route, uri, host === undefined ? uri : `${request.origin} ${host}\n${path}`, request);
  }

  #read(
    route: HttpRoute,
    uri: string,
    place: string,
    { scope, method, headers }: RequestLine,
  ): RequestDecision {
    let why: BypassReason | undefined;
    let control: string | undefined;
    let pragma: string | undefined;
    const keyed: [name: string, value: string][] = [];
    const visit = (name: string, value: string) => {
      if (name === 'cache-control') control = control === undefined ? value : `${control}, ${value}`;
      else if (name === 'pragma') pragma = value;
      else if (name === 'range') why = 'range';
      else if (name === 'upgrade') why = 'upgrade';
      else if (CONDITIONAL.test(name)) why = 'conditional';
      // https://www.rfc-editor.org/rfc/rfc9111.html#section-3.5
      else if (CREDENTIALS.has(name) && !route.keyHeaders!.includes(name)) why = 'credentials';
      else if (HARMLESS.has(name) && !route.keyHeaders!.includes(name)) return;
      else if (route.ignoreHeaders!.includes(name)) return;
      else if (DEFAULTS.get(name)?.includes(value)) return;
      else keyed.push([name, value]);
    };
    eachHeader(headers, visit);
    eachPropagatedHeader(visit);
    if (why !== undefined) return pass(why);
    // https://www.rfc-editor.org/rfc/rfc9111.html#section-5.2.1 and #section-5.4 (Pragma)
    const said = parseCacheControl(control ?? pragma);
    if (said.has('no-store')) return pass('no-store');
    return {
      kind: 'read',
      route,
      uri,
      key:
        keyed.length === 0 ? `${scope} ${method} ${place}` : `${scope} ${method} ${place} ${hashOf(keyed)}`,
      maxAgeMs: said.has('no-cache') ? -1 : (deltaMs(said, 'max-age') ?? Number.POSITIVE_INFINITY),
      minFreshMs: deltaMs(said, 'min-fresh') ?? 0,
      header: (wanted) => {
        const values: string[] = [];
        eachHeader(headers, (name, value) => name === wanted && values.push(value));
        return values.length === 0 ? undefined : values.join(', ');
      },
    };
  }
}

export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** What a request is about, wherever it is sent: https://www.rfc-editor.org/rfc/rfc9110.html#section-7.1 */
function targetUri(origin: string, host: string | undefined, path: string): string {
  return host === undefined ? origin + path : origin.slice(0, origin.indexOf('://') + 3) + host + path;
}

function pass(why: BypassReason): RequestDecision {
  return { kind: 'pass', why };
}

/** `*` stands for `one`; `**` for anything. */
export function glob(pattern: string, one: string): RegExp {
  const source = pattern
    .split('**')
    .map((part) =>
      part
        .split('*')
        .map((text) => text.replace(/[\\^$+?.()|[\]{}]/g, '\\$&'))
        .join(one),
    )
    .join('.*');
  return new RegExp(`^${source}$`, 's');
}
