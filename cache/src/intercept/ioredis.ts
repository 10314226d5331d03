import type { InterceptedReads } from './reads.ts';
import { effectOf, hasCertificate, RedisReads, serverNameOf } from './redis-reads.ts';

interface IoredisCommand {
  readonly name: string;
  getKeys(): (string | Buffer)[];
  resolve(value: unknown): void;
}

interface IoredisClient {
  readonly status: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly condition?: { readonly select?: number; readonly subscriber?: unknown } | null;
}

type Method = (this: IoredisClient, ...args: unknown[]) => Promise<unknown>;
/** What a pipeline sends comes with one object for all of it. */
type Send = (this: IoredisClient, command: IoredisCommand, pipeline?: object) => unknown;

/**
 * Lets `get`, `getBuffer`, `mget` and `mgetBuffer` of an ioredis connection answer from memory; writes through it
 * invalidate. Pipelines, transactions and clusters are read live.
 */
export function patchIoredis(exports: unknown, reads: InterceptedReads): void {
  const prototype = (exports as { Redis?: { prototype: Record<string, unknown> } }).Redis?.prototype;
  if (typeof prototype?.sendCommand !== 'function') return;
  const redis = new RedisReads(reads, 'ioredis');
  for (const name of ['get', 'getBuffer', 'mget', 'mgetBuffer'])
    prototype[name] = wrapRead(prototype[name] as Method, name, redis);
  const send = prototype.sendCommand as Send;
  prototype.sendCommand = function (this: IoredisClient, command: IoredisCommand, pipeline?: object) {
    try {
      watchCommand(redis, this, command, pipeline);
    } catch {
      reads.fault();
    }
    return send.call(this, command, pipeline);
  };
}

function wrapRead(original: Method, name: string, redis: RedisReads): Method {
  const isMany = name.startsWith('mget');
  return function (...args) {
    const { reads } = redis;
    if (!reads.isActive) return original.apply(this, args);
    const callback = typeof args.at(-1) === 'function' ? (args.at(-1) as Callback) : undefined;
    const given = (callback === undefined ? args : args.slice(0, -1)).flat();
    if (given.length === 0 || !given.every((key) => typeof key === 'string'))
      return original.apply(this, args);
    const prefix = String(this.options.keyPrefix ?? '');
    const keys = given.map((key) => prefix + key);
    let space: string;
    let requestedAtMs: number;
    try {
      if (this.status === 'end' || this.condition?.subscriber || redis.isLive(this)) {
        redis.passed(keys);
        return original.apply(this, args);
      }
      space = spaceOf(redis, this);
      // A string and its bytes are different answers under one key: the value held says which it is.
      const held = redis.take(space, keys);
      if (held?.every((value) => (typeof value === 'string') !== name.endsWith('Buffer'))) {
        const answer = isMany ? held : held[0];
        if (callback !== undefined) process.nextTick(callback, null, answer);
        return Promise.resolve(answer);
      }
      requestedAtMs = reads.now();
    } catch {
      reads.fault();
      return original.apply(this, args);
    }
    return original.apply(this, args).then((answer) => {
      try {
        redis.learn(space, keys, isMany ? (answer as unknown[]) : [answer], requestedAtMs);
      } catch {
        reads.fault();
      }
      return answer;
    });
  };
}

type Callback = (error: Error | null, answer: unknown) => void;

/** What the connection reads from, and as whom; it is alone where a sentinel, a connector or a certificate decides that. */
function spaceOf(redis: RedisReads, client: IoredisClient): string {
  const { host, port, path, username, password, sentinels, Connector, tls, db } = client.options;
  const space = redis.spaceOf(client, () =>
    (sentinels ?? Connector ?? undefined) !== undefined || hasCertificate(tls)
      ? null
      : [path ?? `${host}:${port}`, serverNameOf(tls), username, password],
  );
  return `${space}${client.condition?.select ?? db ?? 0} `;
}

/** What the commands of a pipeline change: those of a transaction do it only when its EXEC is done. */
const pipelines = new WeakMap<object, (() => void)[]>();

function earlierIn(pipeline: object): (() => void)[] {
  const earlier = pipelines.get(pipeline) ?? [];
  pipelines.set(pipeline, earlier);
  return earlier;
}

function watchCommand(
  redis: RedisReads,
  client: IoredisClient,
  command: IoredisCommand,
  pipeline: object | undefined,
): void {
  const { reads } = redis;
  const name = command.name.toLowerCase();
  const effect = effectOf(name);
  if (effect === 'none') return;
  if (effect === 'stateful') {
    // While its status is `connect` ioredis itself logs in and selects; inside a pipeline the state ends with it.
    if (client.status !== 'connect' && pipeline === undefined) redis.markLive(client);
    return;
  }
  const before = pipeline && earlierIn(pipeline);
  const changed = () => {
    if (name === 'exec' && before !== undefined) for (const each of before) each();
    else if (effect === 'writes-all') reads.allChanged();
    else for (const key of command.getKeys()) redis.changed(key);
  };
  if (name !== 'exec') before?.push(changed);
  changed();
  // Once more when the server has done it: another connection may have read in between.
  const resolve = command.resolve;
  command.resolve = (value) => {
    try {
      changed();
    } catch {
      reads.fault();
    }
    resolve(value);
  };
}
