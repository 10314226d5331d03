import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { L1Cache, type Millis } from 'l1-cache';
import { attachFleet, type Fleet } from 'l1-cache/fleet';
import { redisTransport } from 'l1-cache/fleet/redis';
import { Predictor } from 'l1-cache/predict';
import { exponential } from '../../../cache/bench/freshness/random.ts';
import { createRng } from '../../../scenarios/random.ts';
import { connectRedis } from '../../../scenarios/redis-connection.ts';
import type { FromPod, PodPlan, Second } from './plan.ts';
import { gapMs, nextKey, Sessions, sessionValue } from './sessions.ts';

/** Reads that fill a cache several times over before the pod serves, as hours of service would. */
const FILLING_REQUESTS = 60_000;
const LOOK_EVERY_MS: Millis = 4;
const KEY_PREFIXES = ['session.', 'user.', 'profile.'];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A pod with the library's cache and its own load: sessions that arrive whether or not it keeps up. */
export class PodServer {
  readonly #plan: PodPlan;
  readonly #cache: L1Cache<object>;
  readonly #sessions: Sessions;
  readonly #seconds: Writable<Second>[] = [];
  readonly #rng: () => number;
  readonly #profileReads = { prefetched: 0, missed: 0 };
  #startedMs = 0;

  constructor(plan: PodPlan) {
    this.#plan = plan;
    this.#rng = createRng(plan.seed, 1);
    this.#sessions = new Sessions(plan);
    this.#cache = new L1Cache<object>({ budgetBytes: plan.budgetBytes });
    const load = async (key: string): Promise<object> => {
      const second = this.#secondNow();
      if (second !== undefined) second.fetches++;
      await sleep(plan.originMs);
      return sessionValue(key) as object;
    };
    for (const prefix of KEY_PREFIXES) this.#cache.define(prefix, { load, prefetchable: true });
  }

  /** Starts as planned, serves, and says what became of it. */
  async run(say: (message: FromPod) => void): Promise<void> {
    const plan = this.#plan;
    if (plan.start === 'filled') this.#fill();
    if (plan.start === 'snapshot') this.#cache.restore(await readFile(plan.snapshotFile as string));
    await using parts = new AsyncDisposableStack();
    const predictor = plan.prediction === 'on' ? parts.use(new Predictor(this.#cache)) : null;
    if (predictor !== null) parts.use(this.#watchProfiles());
    const fleet = plan.bus === null ? null : await this.#join(parts, plan.bus);

    const bornMs = performance.now();
    const warm = plan.start.startsWith('warm') ? fleet?.warmUp() : undefined;
    if (plan.start === 'warm-before-ready') await warm;
    say({ kind: 'serving', heldBackMs: performance.now() - bornMs });
    const cpuBefore = process.cpuUsage();
    await this.#serve();
    const { user, system } = process.cpuUsage(cpuBefore);
    const stats = predictor?.stats();
    const bus = fleet?.stats();
    say({
      kind: 'served',
      seconds: this.#seconds.slice(0, Math.floor(plan.serveMs / 1_000)),
      prefetches: stats
        ? { fetched: stats.fetched, timely: stats.timely, late: stats.late, unused: stats.unused }
        : null,
      profileReads: this.#profileReads,
      cpuMs: (user + system) / 1_000,
      bus: bus ? { sentBytes: bus.sentBytes, receivedBytes: bus.receivedBytes } : null,
    });
    if (plan.start !== 'snapshot' && plan.snapshotFile !== null)
      await writeFile(plan.snapshotFile, this.#cache.snapshot());
  }

  #fill(): void {
    for (let n = 0; n < FILLING_REQUESTS; n++) {
      for (let key: string | null = this.#sessions.next(); key !== null; ) {
        const value = this.#cache.get(key) ?? (sessionValue(key) as object);
        if (!this.#cache.has(key)) this.#cache.set(key, value);
        key = nextKey(key, value);
      }
    }
  }

  async #join(parts: AsyncDisposableStack, bus: NonNullable<PodPlan['bus']>): Promise<Fleet> {
    const connect = async () => {
      const client = await connectRedis(bus);
      parts.defer(() => client.destroy());
      return client;
    };
    const [publisher, subscriber] = [await connect(), await connect()];
    const attached = await attachFleet({
      transport: redisTransport({ self: this.#plan.name, publisher, subscriber }),
      secret: Buffer.from(this.#plan.secret, 'base64'),
      namespaces: KEY_PREFIXES.map((prefix) => ({ prefix, keys: 'encrypted' as const })),
      members: this.#plan.members,
      rng: createRng(this.#plan.seed, 2),
      cache: this.#cache,
    });
    return parts.use(attached).fleet;
  }

  /** Counts what prediction made of the reads of profiles: there before the read, or not. */
  #watchProfiles(): Disposable {
    return this.#cache.onAccesses((batch) => {
      // By columns: what this counting costs would else be taken for a cost of prediction.
      for (let row = 0; row < batch.length; row++) {
        const isPrefetched = batch.isFirstUseOfPrefetchAt(row);
        if (!isPrefetched && batch.outcomeAt(row) !== 'miss') continue;
        if (!batch.keyAt(row).startsWith('profile.')) continue;
        if (isPrefetched) this.#profileReads.prefetched++;
        else this.#profileReads.missed++;
      }
    });
  }

  async #serve(): Promise<void> {
    const { requestsPerSecond, serveMs, shift } = this.#plan;
    this.#startedMs = performance.now();
    let shifted = false;
    let dueMs = 0;
    for (let nowMs = 0; nowMs < serveMs; nowMs = performance.now() - this.#startedMs) {
      if (shift !== null && !shifted && nowMs >= shift.atMs) {
        this.#sessions.shift(shift.users);
        shifted = true;
      }
      while (dueMs <= nowMs) {
        dueMs += exponential(1_000 / requestsPerSecond, this.#rng);
        void this.#request();
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #request(): Promise<void> {
    for (let key: string | null = this.#sessions.next(); key !== null; ) {
      const value: object = await this.#read(key);
      key = nextKey(key, value);
      if (key !== null) await sleep(gapMs(this.#rng));
    }
  }

  async #read(key: string): Promise<object> {
    const second = this.#secondNow();
    const beganMs = performance.now();
    const held = this.#cache.get(key);
    const value = held ?? (await this.#cache.read(key));
    if (second === undefined) return value;
    const tookMs = performance.now() - beganMs;
    second.reads++;
    if (held !== undefined) second.hits++;
    second.waitedMs += tookMs;
    second.slowestMs = Math.max(second.slowestMs, tookMs);
    return value;
  }

  #secondNow(): Writable<Second> | undefined {
    if (this.#startedMs === 0) return undefined;
    const index = Math.floor((performance.now() - this.#startedMs) / 1_000);
    this.#seconds[index] ??= { reads: 0, hits: 0, waitedMs: 0, slowestMs: 0, fetches: 0 };
    return this.#seconds[index];
  }
}
