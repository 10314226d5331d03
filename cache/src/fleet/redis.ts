import { ALL, checkPodName, type Transport } from './transport.ts';

/** What is used of a `redis` (node-redis) client. The client belongs to the caller, who connects and closes it. */
interface NodeRedisClient {
  readonly isReady: boolean;
  on(event: 'ready' | 'error' | 'end' | 'reconnecting', listener: (error?: Error) => void): unknown;
  publish(channel: string, message: Buffer): Promise<unknown>;
  pSubscribe(
    patterns: string[],
    listener: (message: Buffer, channel: Buffer) => void,
    bufferMode: true,
  ): Promise<unknown>;
  pUnsubscribe(patterns: string[]): Promise<unknown>;
}

export interface RedisTransportOptions {
  /** This pod's name; no dots, spaces or wildcards. */
  readonly self: string;
  /** Sends. May be the client the application uses. */
  readonly publisher: NodeRedisClient;
  /** Receives: a connection of its own (`client.duplicate()`), as Redis 6 clients ask for when they subscribe. */
  readonly subscriber: NodeRedisClient;
  /** Pods of one fleet share it. Default `l1`. */
  readonly fleet?: string;
}

/**
 * Carries signals over Redis publish/subscribe. Channels are `<fleet>.<to>.<from>`, so a Redis ACL can hold each
 * pod to its own name (`resetchannels &l1.*.pod-7` for publishing).
 * @throws {CacheError} `L1_BAD_OPTION` for a name that cannot be part of a channel's.
 */
export function redisTransport(options: RedisTransportOptions): Transport {
  const { self, publisher, subscriber, fleet = 'l1' } = options;
  checkPodName(self);
  const patterns = [`${fleet}.${self}.*`, `${fleet}.all.*`];
  return {
    self,
    send: (to, message) => {
      if (!publisher.isReady) return;
      const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
      publisher.publish(`${fleet}.${to === ALL ? 'all' : to}.${self}`, bytes).catch(() => {});
    },
    start: async (receive, onState) => {
      let isSubscribed = false;
      const report = (why?: string) => {
        const isUp = isSubscribed && subscriber.isReady && publisher.isReady;
        const down = why ?? (isUp ? undefined : 'Redis is not connected');
        onState(down === undefined ? { state: 'up' } : { state: 'down', why: down });
      };
      const hear = (message: Buffer, channel: Buffer) => {
        const name = channel.toString();
        const from = name.slice(name.lastIndexOf('.') + 1);
        if (from !== self) receive(from, message);
      };
      // Once; after that the client subscribes again itself, and is ready when it has.
      const subscribe = async () => {
        if (isSubscribed || !subscriber.isReady) return;
        await subscriber.pSubscribe(patterns, hear, true);
        isSubscribed = true;
        report();
      };
      for (const client of [publisher, subscriber]) {
        client.on('ready', () => report());
        client.on('error', (error) => report(error?.message ?? 'Redis failed'));
        client.on('end', () => report('The Redis connection ended'));
        client.on('reconnecting', () => report('Redis is reconnecting'));
      }
      subscriber.on('ready', () => void subscribe().catch((error: Error) => report(error.message)));
      report();
      await subscribe();
    },
    [Symbol.asyncDispose]: async () => {
      if (subscriber.isReady) await subscriber.pUnsubscribe(patterns);
    },
  };
}
