import { CacheError } from '../errors.ts';
import type { Bytes, Count, Millis } from '../units.ts';

/** `observe` serves live answers and counts what it would have served; `on` serves hits. */
export type InterceptMode = 'off' | 'observe' | 'on';

/** HTTP reads that may be kept. */
export interface HttpRoute {
  /** Host (with the port unless it is the scheme's own), or the `Host` header: `svc-31.mesh`; `*` matches any run of characters. */
  readonly host: string;
  /** Path without the query: `*` matches within one segment, `**` across segments. */
  readonly path: string;
  /** Milliseconds, which the answer's own headers may shorten; or `http`: only as long as the headers say. */
  readonly ttlMs: Millis | 'http';
  /** How long a 404 is kept. Default: not at all. */
  readonly negativeTtlMs?: Millis;
  /** Headers that carry credentials (`authorization`, `cookie`) and may be part of the key. Default: none; such requests pass. */
  readonly keyHeaders?: readonly string[];
  /** Headers that are known not to change the answer and stay out of the key. Default: none. */
  readonly ignoreHeaders?: readonly string[];
}

/** Redis keys whose GET and MGET may be answered from memory. */
export interface RedisRoute {
  /** `*` matches any run of characters: `price.*`. */
  readonly keys: string;
  readonly ttlMs: Millis;
}

/** A unary gRPC method whose answer may be kept. */
export interface GrpcRoute {
  /** Full name: `/catalog.Catalog/GetItem`. */
  readonly method: string;
  readonly ttlMs: Millis;
  /** Metadata that carry credentials and may be part of the key. Default: none; such calls pass. */
  readonly keyMetadata?: readonly string[];
}

export interface InterceptConfig {
  readonly mode: InterceptMode;
  readonly budgetBytes: Bytes;
  /** Largest answer kept. Default: 1 MiB. */
  readonly maxEntryBytes: Bytes;
  /** How long a read waits for another's answer to the same question before it asks itself. Default: 5,000 ms. */
  readonly flightWaitMs: Millis;
  /** Faults of ours after which everything passes for good. Default: 100. */
  readonly maxFaults: Count;
  readonly http: readonly HttpRoute[];
  readonly redis: readonly RedisRoute[];
  readonly grpc: readonly GrpcRoute[];
}

const MIB: Bytes = 1024 * 1024;
const MODES: readonly string[] = ['off', 'observe', 'on'];

/**
 * Reads `L1_MODE` (default `on`), `L1_BUDGET_BYTES` (default 128 MiB, for the whole pod) and `L1_CONFIG`
 * (JSON: `{ "http": [...], "redis": [...], "grpc": [...] }`, default no routes: nothing is kept).
 * @throws {CacheError} `L1_BAD_OPTION` naming the variable and the value.
 */
export function configFromEnv(env: Readonly<Record<string, string | undefined>>): InterceptConfig {
  const mode = env.L1_MODE ?? 'on';
  if (!MODES.includes(mode)) throw bad('L1_MODE', mode, 'use off, observe or on');
  const budgetBytes = Number(env.L1_BUDGET_BYTES ?? 128 * MIB);
  if (!Number.isSafeInteger(budgetBytes) || budgetBytes <= 0)
    throw bad('L1_BUDGET_BYTES', env.L1_BUDGET_BYTES, 'use a whole number of bytes above 0');
  const given = parseJson(env.L1_CONFIG ?? '{}');
  return {
    mode: mode as InterceptMode,
    budgetBytes,
    maxEntryBytes: positive(given, 'maxEntryBytes') ?? MIB,
    flightWaitMs: positive(given, 'flightWaitMs') ?? 5000,
    maxFaults: positive(given, 'maxFaults') ?? 100,
    http: list(
      given,
      'http',
      ['host', 'path'],
      ['negativeTtlMs', 'keyHeaders', 'ignoreHeaders'],
    ) as unknown as HttpRoute[],
    redis: list(given, 'redis', ['keys'], []) as unknown as RedisRoute[],
    grpc: list(given, 'grpc', ['method'], ['keyMetadata']) as unknown as GrpcRoute[],
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseJson(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad('L1_CONFIG', text, 'use JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad('L1_CONFIG', text, 'use a JSON object');
  const known = ['http', 'redis', 'grpc', 'maxEntryBytes', 'flightWaitMs', 'maxFaults'];
  for (const name of Object.keys(value))
    if (!known.includes(name)) throw bad(`L1_CONFIG.${name}`, '', `known fields: ${known.join(', ')}`);
  return value as Fields;
}

function positive(given: Fields, name: string): number | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value > 0))
    throw bad(`L1_CONFIG.${name}`, value, 'use a number above 0');
  return value;
}

/** Checks that each route has its text fields and a life, and of other fields only those it may have. */
function list(given: Fields, name: string, texts: readonly string[], others: readonly string[]): Fields[] {
  const routes = given[name] ?? [];
  if (!Array.isArray(routes)) throw bad(`L1_CONFIG.${name}`, routes, 'use a list of routes');
  routes.forEach((route: Fields, at) => {
    const where = `L1_CONFIG.${name}[${at}]`;
    for (const field of texts)
      if (typeof route?.[field] !== 'string' || route[field] === '')
        throw bad(`${where}.${field}`, route?.[field], 'use a non-empty text');
    if (!(name === 'http' && route.ttlMs === 'http') && !(typeof route.ttlMs === 'number' && route.ttlMs > 0))
      throw bad(`${where}.ttlMs`, route.ttlMs, 'use a number of milliseconds above 0');
    const known = [...texts, 'ttlMs', ...others];
    for (const field of Object.keys(route))
      if (!known.includes(field))
        throw bad(`${where}.${field}`, route[field], `known fields: ${known.join(', ')}`);
    if (
      route.negativeTtlMs !== undefined &&
      !(typeof route.negativeTtlMs === 'number' && route.negativeTtlMs > 0)
    )
      throw bad(`${where}.negativeTtlMs`, route.negativeTtlMs, 'use a number of milliseconds above 0');
    for (const field of ['keyHeaders', 'ignoreHeaders', 'keyMetadata']) {
      const names = route[field] ?? [];
      if (!Array.isArray(names) || names.some((each) => typeof each !== 'string'))
        throw bad(`${where}.${field}`, names, 'use a list of header names');
    }
    for (const ignored of (route.ignoreHeaders as string[] | undefined) ?? [])
      if (/^(proxy-)?authorization$|^cookie$/i.test(ignored))
        throw bad(`${where}.ignoreHeaders`, ignored, 'credentials cannot be ignored; use keyHeaders');
  });
  return routes;
}

function bad(what: string, value: unknown, mend: string, cause?: unknown): CacheError {
  return new CacheError('L1_BAD_OPTION', `${what} is ${JSON.stringify(value)}: ${mend}.`, { cause });
}
