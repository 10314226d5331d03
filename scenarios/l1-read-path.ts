import { setTimeout as sleep } from 'node:timers/promises';
import { L1Cache, type Millis } from 'l1-cache';
import { attachFleet } from 'l1-cache/fleet';
import { redisTransport } from 'l1-cache/fleet/redis';
import { attachFreshness, type FreshnessAttachment, LearnedFreshness } from 'l1-cache/freshness';
import { Predictor } from 'l1-cache/predict';
import { createRng } from './random.ts';
import { parseCacheKey } from './read-key.ts';
import type { ReadPath, ReadPathContext, Stamped } from './read-path.ts';
import { DOMAINS } from './topology/domains.ts';

/** Which parts of the library a scenario switches on. */
export interface L1Parts {
  /** Loads ahead what is about to be read, or only what is read. */
  readonly prediction: 'on' | 'off';
  /** Who decides how long a value lives: the team's TTL of its domain, or what the cache has learned. */
  readonly ttl: 'hand' | 'learned';
  /** Whether pods tell each other what is hot and what changed. */
  readonly fleet: 'on' | 'off';
}

/** Makes the library's cache as a pod uses it, with the parts asked for. */
export async function openL1(context: ReadPathContext, parts: L1Parts): Promise<ReadPath> {
  const rng = createRng(context.serviceIndex);
  const clock = context.clock === undefined ? {} : { clock: context.clock };
  await using started = new AsyncDisposableStack();
  const learner = new LearnedFreshness({
    rng,
    spread: parts.fleet === 'on' ? 'fleet' : 'alone',
    // Until a kind of data is known, the team's hand-set TTL is the best guess there is.
    initialTtlMs: (key) => context.ttlMs(parseCacheKey(key).domain),
  });
  const attachment = attachFreshness<Stamped>(learner, {
    ...clock,
    ...(context.clock !== undefined && { unixClock: context.clock }),
    // Versions of this mesh rise with each change but not by one, so they tell states apart and count nothing.
    validatorOf: ({ version, updatedAt }, unixMs) => ({
      etag: String(version),
      ...(updatedAt !== undefined && { ageMs: unixMs - updatedAt }),
    }),
  });
  const cache = new L1Cache<Stamped>({
    budgetBytes: context.budgetBytes,
    ...clock,
    ...(parts.ttl === 'learned' && { ttl: attachment.ttl }),
  });
  const hearing = muffle(cache);
  defineLoaders(cache, context, parts.ttl);
  if (parts.ttl === 'learned') started.use(attachment.listen(cache));
  const predictor = parts.prediction === 'on' ? started.use(new Predictor(cache, { rng, ...clock })) : null;
  // A process on its own (one that is filled to be weighed) has nobody to join.
  if (parts.fleet === 'on' && context.fleet !== undefined) {
    const freshness = parts.ttl === 'learned' ? { learner, attachment } : null;
    await joinFleet(started, context, context.fleet, cache, freshness, predictor);
  }
  const running = started.move();
  return {
    readNow: (key) => cache.get(key),
    read: async (key) => ({ value: await cache.read(key), outcome: 'origin' }),
    contents: () => ({
      entries: cache.size,
      payloadBytes: cache.payloadBytes,
      chargedBytes: cache.chargedBytes,
    }),
    ...(hasLearner(parts) && { quietly: hearing.quietly }),
    ...(predictor !== null && { prefetches: () => predictor.stats() }),
    clear: async () => cache.clear(),
    async [Symbol.asyncDispose]() {
      await running.disposeAsync();
      cache.clear();
      cache[Symbol.dispose]();
    },
  };
}

function hasLearner({ prediction, ttl, fleet }: L1Parts): boolean {
  return prediction === 'on' || ttl === 'learned' || fleet === 'on';
}

/** Longer than the cache holds back accesses before it tells its listeners. */
const DELIVERED_AFTER_MS: Millis = 5;

/**
 * Lets the cache's listeners be deaf for a while. The batch measurement at the end of a block reads more often than
 * the block itself did; heard, it would shorten every learned TTL.
 */
function muffle(cache: L1Cache<Stamped>): { quietly(reads: () => void): Promise<void> } {
  let isDeaf = false;
  const onAccesses = cache.onAccesses.bind(cache);
  cache.onAccesses = (listener) =>
    onAccesses((batch) => {
      if (!isDeaf) listener(batch);
    });
  return {
    async quietly(reads) {
      await sleep(DELIVERED_AFTER_MS);
      isDeaf = true;
      reads();
      await sleep(DELIVERED_AFTER_MS);
      isDeaf = false;
    },
  };
}

function defineLoaders(cache: L1Cache<Stamped>, context: ReadPathContext, ttl: L1Parts['ttl']): void {
  for (const { name } of DOMAINS) {
    cache.define(`${name}.`, {
      load: (key) => context.fetchFromOrigin(parseCacheKey(key)),
      // The owners answer every pod alike, whoever asks.
      prefetchable: true,
      ...(ttl === 'hand' && { ttlMs: context.ttlMs(name) }),
    });
  }
}

/** Joins the pods of the run over the shared Redis; values never travel, keys only as digests. */
async function joinFleet(
  started: AsyncDisposableStack,
  context: ReadPathContext,
  fleet: NonNullable<ReadPathContext['fleet']>,
  cache: L1Cache<Stamped>,
  freshness: { learner: LearnedFreshness; attachment: FreshnessAttachment<Stamped> } | null,
  predictor: Predictor | null,
): Promise<void> {
  const { sharedRedis } = context;
  if (sharedRedis === null) {
    throw new Error('a fleet of pods needs a shared Redis to talk over, and this pod has none');
  }
  const { connectRedis } = await import('./redis-connection.ts');
  const connect = async () => {
    const client = await connectRedis(sharedRedis);
    started.defer(() => {
      if (client.isOpen) client.destroy();
    });
    return client;
  };
  const [publisher, subscriber] = [await connect(), await connect()];
  // What the pods tell each other is the server's work, as a rival's notices are.
  const publish = publisher.publish.bind(publisher);
  Object.assign(publisher, {
    publish: (...message: Parameters<typeof publish>) => {
      context.countRedisCommands(1);
      return publish(...message);
    },
  });
  const attached = await attachFleet({
    transport: redisTransport({ self: fleet.self, publisher, subscriber }),
    secret: fleet.secret,
    members: fleet.members,
    rng: createRng(context.serviceIndex, 1),
    ...(context.clock !== undefined && { clock: context.clock }),
    cache,
    ...(freshness !== null && { freshness: freshness as never }),
    ...(predictor !== null && { predictor }),
  });
  started.use(attached);
}
