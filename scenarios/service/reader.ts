import { setTimeout as sleep } from 'node:timers/promises';
import type { Millis, Nanos } from 'l1-cache';
import { cacheKey } from '../read-key.ts';
import type { ReadKey, ReadOutcome, ReadPath, Stamped } from '../read-path.ts';
import type { ReadStep, Rng } from '../topology/topology.ts';
import { nowNs } from './clock-cost.ts';

/** One finished read, for the recorder. */
interface FinishedRead {
  readonly at: ReadKey;
  readonly key: string;
  readonly value: Stamped;
  readonly outcome: ReadOutcome;
  readonly latencyNs: Nanos;
  /** From the value that named the key to this read; 0 where no value did. */
  readonly pauseNs: Nanos;
}

export interface RequestReads {
  readonly reads: readonly FinishedRead[];
  /** All reads together, from the first to the last answer, pauses included. */
  readonly totalNs: Nanos;
  /** Mean of the synchronous hits, the clock's cost taken off; null unless every synchronous try was a hit. */
  readonly l1PerReadNs: Nanos | null;
}

export interface ReaderOptions {
  readonly fanOut: 'parallel' | 'sequential';
  readonly clockCostNs: Nanos;
  /** Draws the pause before a read whose key an earlier value named; 0: none. */
  readonly chainGapMs: () => Millis;
}

/**
 * Makes the reads of one request. First every read whose key is known is tried synchronously, all between two
 * readings of the clock: that is how a hit meets a request. What is left goes out, in parallel or one after the
 * other, each timed by itself; a chained read follows as soon as the value that names its key is there.
 */
export async function makeReads(
  path: ReadPath,
  steps: readonly ReadStep[],
  ids: readonly number[],
  options: ReaderOptions,
): Promise<RequestReads> {
  const count = steps.length;
  const finished = new Array<FinishedRead>(count);
  const keys = new Array<string>(count);
  const known = new Array<number>(count).fill(-1);
  let next = 0;
  for (let i = 0; i < count; i += 1) {
    const step = steps[i] as ReadStep;
    if (step.after !== null) continue;
    const id = ids[next++] as number;
    known[i] = id;
    keys[i] = cacheKey(step.domain, step.owner, id);
  }

  const values = new Array<Stamped | undefined>(count);
  let hits = 0;
  const startedNs = nowNs();
  for (let i = 0; i < count; i += 1) {
    if ((known[i] as number) < 0) continue;
    const value = path.readNow(keys[i] as string);
    values[i] = value;
    if (value !== undefined) hits += 1;
  }
  const syncNs = Math.max(0, nowNs() - startedNs - options.clockCostNs);
  const perTryNs = syncNs / next;

  const finish = (
    i: number,
    id: number,
    value: Stamped,
    outcome: ReadOutcome,
    latencyNs: Nanos,
    pauseNs: Nanos = 0,
  ): void => {
    const { domain, owner } = steps[i] as ReadStep;
    finished[i] = { at: { domain, owner, id }, key: keys[i] as string, value, outcome, latencyNs, pauseNs };
  };

  const readChained = async (i: number): Promise<void> => {
    const { domain, owner, after } = steps[i] as ReadStep;
    const namedNs = nowNs();
    const gapMs = options.chainGapMs();
    if (gapMs > 0) await sleep(gapMs);
    const id = finished[after as number]?.value.userId;
    if (id === undefined) throw new Error(`the value of read ${after} names no user for read ${i}`);
    const key = cacheKey(domain, owner, id);
    keys[i] = key;
    const fromNs = nowNs();
    const value = path.readNow(key);
    const pauseNs = fromNs - namedNs;
    if (value !== undefined) finish(i, id, value, 'l1', nowNs() - fromNs - options.clockCostNs, pauseNs);
    else await readAway(i, id, pauseNs);
  };

  const readAway = async (i: number, id: number, pauseNs: Nanos = 0): Promise<void> => {
    const { domain, owner } = steps[i] as ReadStep;
    const fromNs = nowNs();
    const { value, outcome } = await path.read(keys[i] as string, { domain, owner, id });
    finish(i, id, value, outcome, nowNs() - fromNs, pauseNs);
  };

  const readOne = async (i: number): Promise<void> => {
    const value = values[i];
    const id = known[i] as number;
    if (value !== undefined) finish(i, id, value, 'l1', perTryNs);
    else await readAway(i, id);
    for (let j = i + 1; j < count; j += 1) if (steps[j]?.after === i) await readChained(j);
  };

  // A request whose every read was a hit takes no turn of the event loop.
  const waiting: Promise<void>[] = [];
  for (let i = 0; i < count; i += 1) {
    if ((known[i] as number) < 0) continue;
    if (values[i] !== undefined && !namesAnother(steps, i))
      finish(i, known[i] as number, values[i] as Stamped, 'l1', perTryNs);
    else if (options.fanOut === 'sequential') await readOne(i);
    else waiting.push(readOne(i));
  }
  if (waiting.length > 0) await Promise.all(waiting);
  return {
    reads: finished,
    totalNs: nowNs() - startedNs,
    l1PerReadNs: hits > 0 && hits === next ? perTryNs : null,
  };
}

function namesAnother(steps: readonly ReadStep[], index: number): boolean {
  for (let j = index + 1; j < steps.length; j += 1) if (steps[j]?.after === index) return true;
  return false;
}

/** A pause before a chained read: log-normal around the median, cut at 50 ms; always 0 for a median of 0. */
export function chainGap(medianMs: Millis, rng: Rng): () => Millis {
  if (medianMs === 0) return () => 0;
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
    return Math.min(50, medianMs * Math.exp(0.8 * normal));
  };
}
