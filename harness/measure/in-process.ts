import { setImmediate as turn } from 'node:timers/promises';
import { L1Cache } from 'l1-cache';
import type { Measurements } from '../../reports/claims/measurements.ts';
import { medianOf, observed, timeBatches } from './samples.ts';

const KEYS = 10_000;
const PODS = 50;
const READERS = 20;

/** What a bare `Map` costs under the same loop, so that the cache's own part can be seen. */
export function measureMapGet(): Measurements['inProcessRead']['mapGet'] {
  const map = new Map(Array.from({ length: KEYS }, (_, index) => [`price.1:${index}`, index] as const));
  const keys = [...map.keys()];
  return medianOf(
    timeBatches(400, 500, (index) => map.get(keys[(index * 7919) % KEYS]!)),
    'Map.get over 10,000 string keys, in batches of 500, idle process',
  );
}

/** What handing out a copy would cost, and whether handing out the value itself lets callers meet each other. */
export function measureCopyCost(): Pick<Measurements, 'copyCost'> {
  const cache = new L1Cache<{ items: { id: number; name: string }[] }>({ budgetBytes: 16 * 2 ** 20 });
  const value = { items: Array.from({ length: 20 }, (_, id) => ({ id, name: `item number ${id}` })) };
  cache.set('profile.1:1', value);
  const first = cache.get('profile.1:1')!;
  let mutationReachesNextCaller: boolean;
  try {
    first.items[0]!.name = 'changed by a caller';
    mutationReachesNextCaller = cache.get('profile.1:1')!.items[0]!.name === 'changed by a caller';
  } catch {
    // Frozen, as in development: the change itself is refused.
    mutationReachesNextCaller = false;
  }
  return {
    copyCost: {
      reference: medianOf(
        timeBatches(300, 200, () => cache.get('profile.1:1')),
        'l1-cache get of an object with 20 parts, by reference, in batches of 200',
      ),
      structuredClone: medianOf(
        timeBatches(300, 20, () => structuredClone(cache.get('profile.1:1'))),
        'the same get with structuredClone of the value, in batches of 20',
      ),
      mutationReachesNextCaller,
    },
  };
}

/** Many readers of one key at the moment it expires, in one pod and in a fleet without shared signals. */
export async function measureStampede(): Promise<Pick<Measurements, 'stampede'>> {
  let loads = 0;
  const read = async (cache: L1Cache<number>): Promise<void> => {
    const load = async (): Promise<number> => {
      loads += 1;
      await turn();
      return loads;
    };
    await Promise.all(Array.from({ length: READERS }, () => cache.getOrLoad('price.1:1', load)));
  };
  const pods = Array.from({ length: PODS }, () => new L1Cache<number>({ budgetBytes: 2 ** 20 }));
  await read(pods[0]!);
  const onePod = loads;
  for (const pod of pods) pod.clear();
  loads = 0;
  await Promise.all(pods.map(read));
  const how = `${READERS} concurrent reads of one expired key a pod through the library's single flight`;
  return {
    stampede: {
      readersPerPod: READERS,
      pods: PODS,
      originLoadsOnePod: observed(onePod, 'times', READERS, 'reads', `${how}, one pod`),
      originLoadsAllPods: observed(
        loads,
        'times',
        READERS * PODS,
        'reads',
        `${how}, ${PODS} pods at once, no shared signals`,
      ),
    },
  };
}
