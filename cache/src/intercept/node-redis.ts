import type { InterceptedReads } from './reads.ts';
import { effectOf, hasCertificate, RedisReads, serverNameOf } from './redis-reads.ts';

interface NodeRedisClient {
  readonly _self?: NodeRedisClient;
  readonly isOpen: boolean;
  readonly isPubSubActive?: boolean;
  readonly options?: {
    readonly url?: string;
    readonly username?: string;
    readonly password?: string;
    readonly database?: number;
    readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string };
    readonly credentialsProvider?: unknown;
    /** Set on every connection of a cluster. */
    readonly readonly?: boolean;
  };
}

interface Parser {
  readonly redisArgs: readonly unknown[];
}

type Execute = (
  this: NodeRedisClient,
  command: unknown,
  parser: Parser,
  options: { readonly typeMapping?: object } | undefined,
  transformReply: unknown,
) => Promise<unknown>;
type Send = (this: NodeRedisClient, args: readonly unknown[], options?: unknown) => Promise<unknown>;
type Batch = (
  this: NodeRedisClient,
  commands: readonly { readonly args: readonly unknown[] }[],
  ...rest: unknown[]
) => Promise<unknown>;

/**
 * Lets `get` and `mGet` of node-redis 5 and 6 answer from memory; writes through the same client invalidate.
 * Transactions, pipelines, clusters and replies mapped to other types are read live.
 */
export function patchNodeRedis(exports: unknown, reads: InterceptedReads): void {
  const prototype = (exports as { default?: { prototype: Record<string, unknown> } }).default?.prototype;
  if (typeof prototype?._executeCommand !== 'function' || typeof prototype.sendCommand !== 'function') return;
  const redis = new RedisReads(reads, 'redis');
  prototype._executeCommand = wrapExecute(prototype._executeCommand as Execute, redis);
  const send = prototype.sendCommand as Send;
  prototype.sendCommand = function (this: NodeRedisClient, args: readonly unknown[], options?: unknown) {
    return around(redis, this, [args], () => send.call(this, args, options));
  };
  for (const name of ['_executeMulti', '_executePipeline']) {
    const run = prototype[name] as Batch | undefined;
    if (run === undefined) continue;
    prototype[name] = function (this: NodeRedisClient, ...given: Parameters<Batch>) {
      const commands = given[0].map((each) => each.args);
      return around(redis, this, commands, () => run.apply(this, given));
    };
  }
}

function wrapExecute(original: Execute, redis: RedisReads): Execute {
  return async function (command, parser, options, transformReply) {
    const { reads } = redis;
    const live = () => original.call(this, command, parser, options, transformReply);
    if (!reads.isActive) return live();
    const [verb, ...keys] = parser.redisArgs;
    const isMany = verb === 'MGET';
    if ((verb !== 'GET' && !isMany) || !keys.every((key) => typeof key === 'string')) return live();
    const client = this._self ?? this;
    let space: string;
    let requestedAtMs: number;
    try {
      const isMapped = options?.typeMapping !== undefined && Object.keys(options.typeMapping).length > 0;
      if (isMapped || !this.isOpen || this.isPubSubActive || isOfCluster(client) || redis.isLive(client)) {
        redis.passed(keys as string[]);
        return live();
      }
      space = spaceOf(redis, client);
      const held = redis.take(space, keys as string[]);
      if (held !== undefined) return isMany ? held : held[0];
      requestedAtMs = reads.now();
    } catch {
      reads.fault();
      return live();
    }
    const answer = await live();
    try {
      redis.learn(space, keys as string[], isMany ? (answer as unknown[]) : [answer], requestedAtMs);
    } catch {
      reads.fault();
    }
    return answer;
  };
}

/** There a write goes to another connection than a read may come from, so neither would see the other. */
function isOfCluster(client: NodeRedisClient): boolean {
  return client.options?.readonly !== undefined;
}

function spaceOf(redis: RedisReads, client: NodeRedisClient): string {
  return redis.spaceOf(client, () => {
    const { url, username, password, database, socket, credentialsProvider } = client.options ?? {};
    if (credentialsProvider !== undefined || hasCertificate(socket)) return null;
    const { host, port, path } = socket ?? {};
    return [url ?? path ?? `${host}:${port}`, serverNameOf(socket), database ?? 0, username, password];
  });
}

/** Notes what the commands change, before and after the server has done it. */
async function around<T>(
  redis: RedisReads,
  connection: NodeRedisClient,
  commands: readonly (readonly unknown[])[],
  run: () => Promise<T>,
): Promise<T> {
  const changed = () => {
    try {
      for (const args of commands) noteEffect(redis, connection._self ?? connection, args);
    } catch {
      redis.reads.fault();
    }
  };
  changed();
  try {
    return await run();
  } finally {
    changed();
  }
}

function noteEffect(redis: RedisReads, client: NodeRedisClient, [name, ...args]: readonly unknown[]): void {
  const effect = effectOf(String(name).toLowerCase());
  if (effect === 'none') return;
  if (effect === 'stateful') redis.markLive(client);
  else if (effect === 'writes-all') redis.reads.allChanged();
  else {
    // Which arguments are keys the command knows; a value taken for a key costs nothing but a note.
    for (const arg of args) redis.changed(arg);
  }
}
