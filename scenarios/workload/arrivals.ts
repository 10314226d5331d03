import type { Millis } from 'l1-cache';
import { createRng } from '../random.ts';
import type { DomainName, ReadStep, RequestType, Topology } from '../topology/topology.ts';
import { createWeightedDraw, createZipf, type WeightedDraw } from './alias.ts';
import type { Arrival } from './arrival.ts';

/** Where the keys of the reads come from. */
export interface KeySource {
  /** The id that the given step of a request reads next. Called once a read, in step order. */
  next(type: RequestType, step: ReadStep): number;
}

/** One block of inbound requests. */
export interface ArrivalPlan {
  readonly topology: Topology;
  readonly seed: number;
  /** Blocks with the same stream meet the same arrivals and keys. */
  readonly stream: number;
  readonly ratePerSecond: number;
  readonly durationMs: Millis;
}

/** The three random streams of a block are apart: other keys do not move the arrivals. */
const PARTS = { times: 0, types: 1, keys: 2, count: 3 } as const;

/**
 * The requests of one block in the order they are due: a Poisson process, lazily. Same plan, same bytes.
 * `keys` defaults to the synthetic workload: a Zipf draw by domain, the same hot keys for every reader.
 */
export function* arrivals(plan: ArrivalPlan, keys: KeySource = createZipfKeys(plan)): Generator<Arrival> {
  const rngOf = (part: number) => createRng(plan.seed, plan.stream * PARTS.count + part);
  const times = rngOf(PARTS.times);
  const types = rngOf(PARTS.types);
  const drawType = createWeightedDraw(plan.topology.requestTypes.map((type) => type.weight));
  const meanGapUs = 1e6 / plan.ratePerSecond;
  const endUs = plan.durationMs * 1000;
  for (let dueUs = gapUs(times(), meanGapUs); dueUs < endUs; dueUs += gapUs(times(), meanGapUs)) {
    const type = plan.topology.requestTypes[drawType(types)] as RequestType;
    const ids: number[] = [];
    for (const step of type.reads) if (step.after === null) ids.push(keys.next(type, step));
    yield { dueUs: Math.round(dueUs), requestType: type.index, keys: ids };
  }
}

/** Exponential by inversion. */
function gapUs(share: number, meanUs: number): number {
  return -Math.log(1 - share) * meanUs;
}

/** Keys of the synthetic workload. */
function createZipfKeys(plan: Pick<ArrivalPlan, 'topology' | 'seed' | 'stream'>): KeySource {
  const rng = createRng(plan.seed, plan.stream * PARTS.count + PARTS.keys);
  const draws = new Map<DomainName, WeightedDraw>(
    plan.topology.domains.map((domain) => [domain.name, createZipf(domain.keyCount, domain.zipfExponent)]),
  );
  return { next: (_type, step) => (draws.get(step.domain) as WeightedDraw)(rng) };
}
