import type { Bytes, Count, Millis } from '../units.ts';
import type { RedisRoute } from './config.ts';
import type { ReadClient } from './coverage.ts';
import { hashOf } from './identity.ts';
import { ownBytes } from './own-bytes.ts';
import type { InterceptedReads, Kept } from './reads.ts';
import { glob } from './request.ts';

export type RedisValue = string | Buffer;

interface KeptValue extends Kept {
  readonly value: RedisValue;
}

/** Commands after which a connection's replies depend on more than its address: it is read live from then on. */
const STATEFUL = new Set([
  'watch',
  'multi',
  'select',
  'auth',
  'hello',
  'reset',
  'client',
  'monitor',
  'subscribe',
  'psubscribe',
  'ssubscribe',
]);

/** `exec` does what was queued before it, which a library may know better. */
const WRITES_ALL = new Set(['flushall', 'flushdb', 'swapdb', 'exec']);

/** Commands that change nothing. Every other one is taken for a write to all of its keys. */
const READS = new Set(
  (
    'get mget exists ttl pttl type strlen getrange hget hmget hgetall hkeys hvals hlen hexists hscan llen lrange lindex ' +
    'smembers sismember smismember scard sscan zscore zrange zrangebyscore zcard zrank zscan scan keys dbsize ping echo info ' +
    'time object memory randomkey bitcount getbit pfcount geopos geodist geosearch xrange xread xlen publish command ' +
    'config cluster quit unwatch unsubscribe punsubscribe discard script function readonly'
  ).split(' '),
);

/**
 * A longer key is never kept. So a longer argument of a write, which may be a value, need not be remembered as a key
 * that changed.
 */
const MAX_KEY_CHARS: Count = 512;

/** The name that a connection asks for in TLS: behind one address each may be another server. */
export function serverNameOf(tls: unknown): unknown {
  return typeof tls === 'object' && tls !== null ? (tls as { servername?: unknown }).servername : undefined;
}

/** Counts on over all copies of all client libraries: what they keep lies side by side. */
let nextSpace = 0;

/** What a command means for what is held. */
export type CommandEffect = 'none' | 'stateful' | 'writes-keys' | 'writes-all';

export function effectOf(name: string): CommandEffect {
  if (STATEFUL.has(name)) return 'stateful';
  if (WRITES_ALL.has(name)) return 'writes-all';
  return READS.has(name) ? 'none' : 'writes-keys';
}

/** Whether a connection says who it is by a client certificate. */
export function hasCertificate(tls: unknown): boolean {
  return (
    typeof tls === 'object' &&
    tls !== null &&
    ['cert', 'key', 'pfx', 'secureContext'].some(
      (name) => (tls as Record<string, unknown>)[name] !== undefined,
    )
  );
}

/** GET and MGET from memory, for any Redis client. */
export class RedisReads {
  readonly reads: InterceptedReads;
  readonly #client: ReadClient;
  readonly #routes: readonly { readonly route: RedisRoute; readonly keys: RegExp }[];
  readonly #live = new WeakSet<object>();
  readonly #spaces = new WeakMap<object, string>();

  constructor(reads: InterceptedReads, client: ReadClient) {
    this.reads = reads;
    this.#client = client;
    this.#routes = reads.config.redis.map((route) => ({ route, keys: glob(route.keys, '.*') }));
  }

  /**
   * Notes a write. It counts for every connection, whatever its address, user and client library: two of them may reach
   * the same server by two names.
   */
  changed(key: unknown): void {
    if ((typeof key === 'string' || Buffer.isBuffer(key)) && key.length > MAX_KEY_CHARS) return;
    const text = String(key);
    if (this.#routeOf(text) !== undefined) this.reads.changed(addressOf(text));
  }

  /** From now on this connection is read live. */
  markLive(connection: object): void {
    this.#live.add(connection);
  }

  isLive(connection: object): boolean {
    return this.#live.has(connection);
  }

  /**
   * The part of a key that tells servers, databases and users apart, hashed: a description holds a password. A
   * connection that cannot be told (null) has a space of its own.
   */
  spaceOf(connection: object, describe: () => readonly unknown[] | null): string {
    let space = this.#spaces.get(connection);
    if (space === undefined) {
      const described = describe();
      space =
        described === null ? `connection ${nextSpace++}` : hashOf([['space', JSON.stringify(described)]]);
      this.#spaces.set(connection, space);
    }
    return `${this.#client} ${space} `;
  }

  /**
   * All values from memory, or undefined when one of them is missing, not allowed, or `observe` is on. MGET is all or
   * nothing, so that its values are not of several moments more often than without a cache.
   */
  take(space: string, keys: readonly string[]): RedisValue[] | undefined {
    const { reads } = this;
    if (reads.mode !== 'on' || reads.store === undefined) return undefined;
    const held: [kept: KeptValue, route: RedisRoute][] = [];
    for (const key of keys) {
      const route = this.#routeOf(key);
      const kept = route && reads.lookup<KeptValue>(space + key);
      if (kept === undefined) return undefined;
      held.push([kept, route!]);
    }
    return held.map(([kept, route]) => {
      reads.hit(this.#client, route.keys, kept);
      return typeof kept.value === 'string' ? kept.value : Buffer.from(kept.value);
    });
  }

  /** Keeps live values; in `observe` compares them with those held first. */
  learn(space: string, keys: readonly string[], values: readonly unknown[], requestedAtMs: Millis): void {
    keys.forEach((key, at) => {
      const route = this.#routeOf(key);
      if (route === undefined) this.reads.coverage.outside++;
      else this.#learnOne(space + key, key, route, values[at], requestedAtMs);
    });
  }

  /** Counts reads that went past the cache. */
  passed(keys: readonly string[]): void {
    for (const key of keys)
      if (this.#routeOf(key)) this.reads.coverage.bypass('connection-state');
      else this.reads.coverage.outside++;
  }

  #routeOf(key: string): RedisRoute | undefined {
    if (key.length > MAX_KEY_CHARS) return undefined;
    return this.#routes.find((each) => each.keys.test(key))?.route;
  }

  #learnOne(place: string, key: string, route: RedisRoute, value: unknown, requestedAtMs: Millis): void {
    const { reads } = this;
    const would = reads.mode === 'observe' ? reads.lookup<KeptValue>(place) : undefined;
    if (would !== undefined) {
      reads.coverage.wouldHit++;
      if (!same(would.value, value)) reads.coverage.differed++;
      return;
    }
    reads.coverage.misses++;
    if (typeof value !== 'string' && !Buffer.isBuffer(value)) return;
    const sizeBytes: Bytes = typeof value === 'string' ? 2 * value.length : value.byteLength;
    if (sizeBytes > reads.config.maxEntryBytes) {
      reads.coverage.notStored('too-large');
      return;
    }
    const kept: KeptValue = {
      address: addressOf(key),
      requestedAtMs,
      storedAtMs: reads.now(),
      initialAgeMs: 0,
      lifeMs: route.ttlMs,
      // A copy: the caller owns the bytes it was given.
      value: typeof value === 'string' ? value : ownBytes([value]),
    };
    reads.keep(place, kept, sizeBytes + 2 * place.length + 200);
  }
}

function addressOf(key: string): string {
  return `redis ${key}`;
}

function same(held: RedisValue, live: unknown): boolean {
  if (typeof held === 'string' || !Buffer.isBuffer(live)) return held === live;
  return held.equals(live);
}
