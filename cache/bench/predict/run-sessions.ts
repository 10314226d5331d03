import { Prewarmer, type PrewarmerOptions } from '../../src/predict/prewarmer.ts';
import type { EvictionPolicy } from '../../src/store/eviction/policy.ts';
import type { Count, Micros, Millis, Ratio } from '../../src/units.ts';
import { type Request, sessionValue } from './session-workload.ts';
import { type ReadOutcome, SimulatedCache } from './simulated-cache.ts';

export interface SessionRun {
  readonly requests: Iterator<Request>;
  readonly policy: EvictionPolicy;
  readonly entries: Count;
  readonly loadMs: Millis;
  /** Reads before this are not counted. */
  readonly warmUpMs: Millis;
  readonly untilMs: Millis;
  /** Absent: no prediction. */
  readonly prewarm?: PrewarmerOptions;
  /** Holds learning to this share of one core, as a `Predictor` does; default: no limit. */
  readonly learningShare?: Ratio;
  /**
   * Hears what each batch of learning took: CPU time of this thread, right on average only (the kernel may count it
   * in steps of 4 ms), and time on the clock, which other processes lengthen.
   */
  readonly onLearned?: (cpuUs: Micros, clockUs: Micros) => void;
}

type OutcomeCounts = Record<ReadOutcome, Count>;

export interface SessionResult {
  readonly reads: Count;
  readonly hitRatio: Ratio;
  readonly meanLoadMs: Millis;
  readonly originLoads: Count;
  readonly prefetches: Count;
  readonly misses: Count;
  /** By key prefix up to the dot: session, user, profile, cart, product. */
  readonly byKind: ReadonlyMap<string, OutcomeCounts>;
  /** First time a read of a profile was answered from a prefetch. */
  readonly firstProfileMs: Millis | undefined;
  readonly prewarmer: Prewarmer | undefined;
}

interface Pending {
  readonly atMs: Millis;
  readonly request: Request;
  readonly step: Count;
}

const BATCH_MS: Millis = 1;

/** Runs requests against a simulated cache; the predictor hears of accesses once a millisecond. */
export function runSessions(run: SessionRun): SessionResult {
  const cache = new SimulatedCache({ ...run, joinedDemand: 'miss', valueOf: sessionValue });
  let batchMs: Millis = 0;
  let learningSinceMs: Millis | undefined;
  // Simulated time between batches, the machine's own while it learns.
  const clock = {
    now: () => batchMs + (learningSinceMs === undefined ? 0 : performance.now() - learningSinceMs),
  };
  const time = run.learningShare === undefined ? {} : { time: { clock, share: run.learningShare } };
  const prewarmer = run.prewarm && new Prewarmer(cache, { ...run.prewarm, ...time });
  const pending = new PendingReads();
  const byKind = new Map<string, OutcomeCounts>();
  let firstProfileMs: Millis | undefined;
  let reads = 0;
  let hits = 0;
  let waitedMs = 0;
  let loadsBefore = 0;
  let prefetchesBefore = 0;
  let next = take(run.requests);
  let counting = false;
  for (; batchMs < run.untilMs; batchMs += BATCH_MS) {
    if (!counting && batchMs >= run.warmUpMs) {
      counting = true;
      loadsBefore = cache.demandLoads + cache.prefetches;
      prefetchesBefore = cache.prefetches;
    }
    for (; next.startMs < batchMs; next = take(run.requests))
      pending.push({ atMs: next.startMs, request: next, step: 0 });
    for (let due = pending.popBefore(batchMs); due; due = pending.popBefore(batchMs)) {
      cache.advance(due.atMs);
      const key = due.request.steps[due.step]!.key;
      const { outcome, readyMs } = cache.read(key);
      const kind = key.slice(0, key.indexOf('.'));
      if (kind === 'profile' && outcome === 'prefetched') firstProfileMs ??= due.atMs;
      if (counting) {
        reads++;
        if (outcome === 'hit' || outcome === 'prefetched') hits++;
        waitedMs += readyMs - due.atMs;
        const counts = byKind.get(kind) ?? { hit: 0, prefetched: 0, late: 0, miss: 0 };
        counts[outcome]++;
        byKind.set(kind, counts);
      }
      const step = due.step + 1;
      const follower = due.request.steps[step];
      if (follower) pending.push({ atMs: readyMs + follower.gapMs, request: due.request, step });
    }
    cache.advance(batchMs);
    const batch = cache.takeBatch();
    if (!prewarmer) continue;
    const before = run.onLearned && process.threadCpuUsage();
    const beganMs = performance.now();
    learningSinceMs = beganMs;
    prewarmer.learn(batch);
    learningSinceMs = undefined;
    if (!before) continue;
    const { user, system } = process.threadCpuUsage(before);
    run.onLearned?.(user + system, (performance.now() - beganMs) * 1000);
  }
  return {
    reads,
    hitRatio: hits / reads,
    misses: reads - hits,
    meanLoadMs: waitedMs / reads,
    originLoads: cache.demandLoads + cache.prefetches - loadsBefore,
    prefetches: cache.prefetches - prefetchesBefore,
    byKind,
    firstProfileMs,
    prewarmer,
  };
}

function take(requests: Iterator<Request>): Request {
  return requests.next().value as Request;
}

/** Reads to come, the earliest first (a binary heap). */
class PendingReads {
  readonly #heap: Pending[] = [];

  push(read: Pending): void {
    const heap = this.#heap;
    let at = heap.push(read) - 1;
    for (; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.atMs <= read.atMs) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = read;
  }

  popBefore(timeMs: Millis): Pending | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (!first || first.atMs >= timeMs) return undefined;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.atMs < heap[child]!.atMs) child++;
      if (heap[child]!.atMs >= last.atMs) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
