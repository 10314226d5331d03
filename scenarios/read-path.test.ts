import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Need, SCENARIOS, scenarioOf } from './catalogue.ts';
import { cacheKey, parseCacheKey } from './read-key.ts';
import type { ReadKey, ReadOutcome, ReadPath, ReadPathContext, Stamped } from './read-path.ts';
import { connectRedis } from './redis-connection.ts';
import { startTestContainer, testSharedMemory } from './test-pod-caches.ts';
import { NO_REDIS, startTestRedis, type TestRedis } from './test-redis.ts';

const AT: ReadKey = { domain: 'price', owner: 3, id: 7 };
const KEY = cacheKey(AT.domain, AT.owner, AT.id);

/** An origin that counts its calls and answers when told. */
class CountingOrigin {
  calls = 0;
  version = 1;
  failing = false;

  fetch = async (at: ReadKey): Promise<Stamped> => {
    this.calls += 1;
    const version = this.version;
    await sleep(2);
    if (this.failing) throw new Error('origin down');
    return { version, data: `${at.domain}/${at.id}` };
  };
}

interface Opened {
  readonly path: ReadPath;
  /** Opens the same scenario once more, as another pod would. */
  readonly openAnother: (scenario?: string) => Promise<ReadPath>;
  readonly origin: CountingOrigin;
  /** The Redis or container that holds the cache. */
  readonly server: { kill(): Promise<void> } | null;
  commands: number;
}

async function withPath(name: string, ttlMs: number, use: (opened: Opened) => Promise<void>): Promise<void> {
  const { needs } = scenarioOf(name);
  await using beside = new AsyncDisposableStack();
  const server =
    needs === 'shared-redis' || needs === 'pod-redis'
      ? beside.use(await startTestRedis())
      : needs === 'pod-container'
        ? beside.use(await startTestContainer())
        : null;
  const redis = needs === 'pod-container' ? null : server;
  const sharedMemoryFile = needs === 'pod-shared-memory' ? beside.use(testSharedMemory()).path : undefined;
  const origin = new CountingOrigin();
  const opened = { origin, server, commands: 0 };
  const context: ReadPathContext = {
    serviceIndex: 0,
    budgetBytes: 8 * 1024 * 1024,
    fetchFromOrigin: origin.fetch,
    ttlMs: () => ttlMs,
    countRedisCommands: (count) => {
      opened.commands += count;
    },
    sharedRedis: redis as TestRedis | null,
    sidecarRedis: redis as TestRedis | null,
    ...(needs === 'pod-container' && { containerSocket: server!.unixSocket }),
    ...(sharedMemoryFile !== undefined && { sharedMemoryFile }),
    fleet: { self: 'svc-00', members: ['svc-00', 'svc-01'], secret: new Uint8Array(32).fill(7) },
  };
  await using path = await scenarioOf(name).open(context);
  await use(Object.assign(opened, { path, openAnother: (other = name) => scenarioOf(other).open(context) }));
}

/** Reads as the service does: synchronously first. */
async function read(path: ReadPath, key = KEY, at = AT): Promise<{ value: Stamped; outcome: string }> {
  const value = path.readNow(key);
  return value === undefined ? path.read(key, at) : { value, outcome: 'l1' };
}

/** Reads until the cache has taken the value in; a store may write behind the answer. */
async function untilCached(path: ReadPath): Promise<string> {
  for (let i = 0; i < 200; i += 1) {
    const { outcome } = await read(path);
    if (outcome !== 'origin') return outcome;
    await sleep(5);
  }
  throw new Error('never cached');
}

function outcomeOfAHit(needs: Need): ReadOutcome {
  return needs === 'pod-container' ? 'container' : needs === 'pod-shared-memory' ? 'l1' : 'redis';
}

// Not what stands in another program's way: without that program it has no reads. The local target's tests run it.
for (const scenario of SCENARIOS.filter(({ needs }) => needs !== 'preload' && needs !== 'pod-proxy-cache')) {
  const { needs } = scenario;
  const needsRedis = needs === 'shared-redis' || needs === 'pod-redis';
  const hasServer = needsRedis || needs === 'pod-container';
  const hitsAreSynchronous = scenario.name.includes('l1') && needs !== 'pod-container';
  const options = { skip: needsRedis && NO_REDIS };
  const contract = (sentence: string, ttlMs: number, use: (opened: Opened) => Promise<void>): void => {
    test(`${scenario.name}: ${sentence}`, options, () => withPath(scenario.name, ttlMs, use));
  };

  contract('a first read is answered by the origin', 60_000, async ({ path, origin }) => {
    const { value, outcome } = await read(path);
    assert.deepEqual(value, { version: 1, data: 'price/7' });
    assert.equal(outcome, 'origin');
    assert.equal(origin.calls, 1);
  });

  contract(
    'a failing origin fails the read, and the failure is not kept',
    60_000,
    async ({ path, origin }) => {
      origin.failing = true;
      await assert.rejects(read(path), /origin down/);
      origin.failing = false;
      assert.equal((await read(path)).value.version, 1);
    },
  );

  if (scenario.name === 'no-cache') {
    contract('every read asks the origin', 60_000, async ({ path, origin }) => {
      for (let i = 1; i <= 3; i += 1) {
        assert.equal((await read(path)).outcome, 'origin');
        assert.equal(origin.calls, i);
      }
    });
    continue;
  }

  contract(
    'a second read is answered without the origin, with the same value',
    60_000,
    async ({ path, origin }) => {
      const first = await read(path);
      await untilCached(path);
      const calls = origin.calls;
      origin.version = 2;
      const again = await read(path);
      assert.deepEqual(again.value, first.value);
      assert.equal(origin.calls, calls);
    },
  );

  contract('concurrent misses of one key share one fetch, and none is a hit', 60_000, async (opened) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => read(opened.path)));
    assert.equal(opened.origin.calls, 1);
    assert.deepEqual([...new Set(answers.map(({ outcome }) => outcome))], ['origin']);
  });

  contract('a value is not served past its TTL', 40, async ({ path, origin }) => {
    await read(path);
    origin.version = 2;
    const deadline = Date.now() + 5_000;
    while ((await read(path)).value.version === 1) {
      assert.ok(Date.now() < deadline, 'still the old value');
      await sleep(5);
    }
  });

  contract('clear forgets everything', 60_000, async ({ path, origin }) => {
    await read(path);
    await untilCached(path);
    await path.clear();
    const calls = origin.calls;
    assert.equal((await read(path)).outcome, 'origin');
    assert.equal(origin.calls, calls + 1);
  });

  if (needs !== 'nothing' && !(needs === 'shared-redis' && hitsAreSynchronous)) {
    contract('what one pod has cached serves another, again and again', 60_000, async (opened) => {
      await read(opened.path);
      await untilCached(opened.path);
      const calls = opened.origin.calls;
      await using another = await opened.openAnother();
      for (let i = 0; i < 4; i += 1) {
        const { value, outcome } = await read(another);
        assert.equal(value.version, 1);
        if (i === 0) assert.equal(outcome, outcomeOfAHit(needs));
      }
      assert.equal(opened.origin.calls, calls);
    });
  }

  if (hitsAreSynchronous) {
    contract('a hit is synchronous and tells what the cache holds', 60_000, async ({ path }) => {
      await read(path);
      assert.equal(path.readNow(KEY)?.version, 1);
      const { entries, payloadBytes, chargedBytes } = path.contents();
      assert.equal(entries, 1);
      assert.ok(payloadBytes > 0 && chargedBytes >= payloadBytes);
    });
  } else {
    contract('every command to the server is counted', 60_000, async (opened) => {
      await read(opened.path);
      await untilCached(opened.path);
      assert.ok(opened.commands >= 3, `${opened.commands} commands for GET, SET and GET`);
    });
  }

  if (hasServer) {
    contract('reads go to the origin when the server is gone', 60_000, async (opened) => {
      await read(opened.path);
      await untilCached(opened.path);
      await opened.server?.kill();
      // Another key: what is held in the process may be served on.
      const other: ReadKey = { ...AT, id: 8 };
      const { value, outcome } = await read(
        opened.path,
        cacheKey(other.domain, other.owner, other.id),
        other,
      );
      assert.deepEqual([value.data, outcome], ['price/8', 'origin']);
    });
  }
}

test('scenarios that share a server neither fill nor empty each other’s cache', { skip: NO_REDIS }, () =>
  withPath('shared-redis', 60_000, async ({ path, openAnother }) => {
    await read(path);
    assert.equal(await untilCached(path), 'redis');
    for (const name of ['redis-client-cache', 'bentocache', 'redis-sidecar', 'redis-sidecar-unix']) {
      await using other = await openAnother(name);
      assert.equal((await read(other)).outcome, 'origin', name);
      await untilCached(other);
      await other.clear();
      assert.equal((await read(path)).outcome, 'redis', `${name} emptied shared-redis`);
    }
  }),
);

test('l1-fleet: what a pod tells the others is counted as commands', { skip: NO_REDIS }, () =>
  withPath('l1-fleet', 60_000, async (opened) => {
    const deadline = Date.now() + 10_000;
    while (opened.commands === 0) {
      assert.ok(Date.now() < deadline, 'no message was counted');
      await sleep(5);
    }
  }),
);

test('bentocache: a pod that is open hears what others write', { skip: NO_REDIS }, () =>
  withPath('bentocache', 60_000, async ({ server }) => {
    const client = await connectRedis(server as TestRedis);
    const heardBy = await client.pubSubNumSub('bentocache.notifications:tiers');
    client.destroy();
    assert.deepEqual({ ...heardBy }, { 'bentocache.notifications:tiers': 1 });
  }),
);

test('a cache key says domain, owner and id, and reads back', () => {
  assert.equal(KEY, 'price.3:7');
  assert.deepEqual(parseCacheKey(KEY), AT);
});

test('an unknown scenario is refused with the names there are', () => {
  assert.throws(() => scenarioOf('magic'), { code: 'SCENARIO_UNKNOWN', hint: /in-process-l1/ });
});
