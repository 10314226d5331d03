import { setTimeout as sleep } from 'node:timers/promises';
import { L1Cache } from '../../src/cache.ts';
import { Predictor } from '../../src/predict/predictor.ts';
import { seededRandom } from '../../src/random.ts';
import type { Bytes, Count, Millis } from '../../src/units.ts';
import { type Request, type SessionWorkload, sessionRequests, sessionValue } from './session-workload.ts';

/** What a pod is told when it starts, as JSON in its first argument. */
export interface PodPlan {
  readonly prediction: 'on' | 'off';
  readonly seed: number;
  readonly workload: SessionWorkload;
  readonly budgetBytes: Bytes;
  readonly loadMs: Millis;
  /** When each phase of its service ends; each is measured by itself. */
  readonly phaseEndsMs: readonly Millis[];
}

/** What one phase of service was. */
export interface PodPhase {
  /** CPU time of the whole process: the cache, prediction, its own load, and all threads of Node. */
  readonly cpuMs: Millis;
  readonly tookMs: Millis;
  readonly reads: Count;
  /** Reads of profiles that began a load themselves. */
  readonly profileMisses: Count;
  /** Prefetches read when ready and while still loading; 0 without prediction. */
  readonly timely: Count;
  readonly late: Count;
}

/** A pod with the library's cache and its own load, in real time: requests come whether or not it keeps up. */
class Pod {
  readonly #requests: Iterator<Request>;
  readonly #cache: L1Cache;
  readonly #predictor: Predictor | undefined;
  readonly #loading = new Set<string>();
  #reads = 0;
  #profileMisses = 0;

  constructor({ prediction, seed, workload, budgetBytes, loadMs }: PodPlan) {
    this.#requests = sessionRequests(workload, seededRandom(seed));
    this.#cache = new L1Cache({ budgetBytes, seed });
    const load = async (key: string) => {
      this.#loading.add(key);
      await sleep(loadMs);
      this.#loading.delete(key);
      return sessionValue(key);
    };
    this.#cache.define('', { load, prefetchable: true });
    if (prediction === 'on') this.#predictor = new Predictor(this.#cache, { rng: seededRandom(seed + 1000) });
  }

  /** Serves until each of the moments, and says what it did up to it since the one before. */
  async *serve(phaseEndsMs: readonly Millis[]): AsyncGenerator<PodPhase> {
    const startedMs = performance.now();
    const now = () => performance.now() - startedMs;
    let request = this.#requests.next().value as Request;
    let before = this.#counted(0);
    for (const endMs of phaseEndsMs) {
      for (; now() < endMs; await sleep(Math.max(1, Math.min(request.startMs, endMs) - now())))
        for (; request.startMs <= now(); request = this.#requests.next().value as Request)
          void this.#answer(request);
      const after = this.#counted(now());
      yield difference(after, before);
      before = after;
    }
  }

  async #answer({ steps }: Request): Promise<void> {
    for (const { key, gapMs } of steps) {
      if (gapMs > 0) await sleep(gapMs);
      this.#reads++;
      if (key.startsWith('profile.') && !this.#cache.has(key) && !this.#loading.has(key))
        this.#profileMisses++;
      await this.#cache.read(key);
    }
  }

  #counted(tookMs: Millis): PodPhase {
    const { user, system } = process.cpuUsage();
    const { timely = 0, late = 0 } = this.#predictor?.stats() ?? {};
    const { reads, profileMisses } = { reads: this.#reads, profileMisses: this.#profileMisses };
    return { cpuMs: (user + system) / 1000, tookMs, reads, profileMisses, timely, late };
  }
}

function difference(after: PodPhase, before: PodPhase): PodPhase {
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    tookMs: after.tookMs - before.tookMs,
    reads: after.reads - before.reads,
    profileMisses: after.profileMisses - before.profileMisses,
    timely: after.timely - before.timely,
    late: after.late - before.late,
  };
}

const plan = JSON.parse(process.argv[2]!) as PodPlan;
for await (const phase of new Pod(plan).serve(plan.phaseEndsMs)) console.log(JSON.stringify(phase));
