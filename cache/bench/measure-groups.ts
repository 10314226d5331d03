import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Count } from '../src/units.ts';
import type { Figure } from './figure.ts';
import { GROUPS } from './groups.ts';

const WORKERS: Count = 2;

export interface MeasureOptions {
  /** Places of the groups to measure in `GROUPS`. */
  readonly indexes: readonly number[];
  /** A group is begun. */
  readonly onBegin: (prefix: string) => void;
  /** Figures in the order of the groups, however the workers finish. */
  readonly onFigures: (figures: readonly Figure[]) => void;
}

/**
 * Measures groups in two worker threads; each group is one worker's from begin to end, with seeds of its own, so the
 * figures do not depend on who else runs. Groups that measure CPU time run first, with nothing beside them.
 */
export async function measureGroups({ indexes, onBegin, onFigures }: MeasureOptions): Promise<void> {
  const done = new Map<number, readonly Figure[]>();
  const unsaid = [...indexes];
  const work = async (queue: number[]) => {
    await using worker = workerThread();
    for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
      onBegin(GROUPS[index]!.prefix);
      done.set(index, await worker.measure(index));
      while (unsaid.length > 0 && done.has(unsaid[0]!)) onFigures(done.get(unsaid.shift()!)!);
    }
  };
  await work(indexes.filter((index) => GROUPS[index]!.measures === 'cpu-time'));
  const rest = indexes.filter((index) => GROUPS[index]!.measures !== 'cpu-time');
  await Promise.all(Array.from({ length: Math.min(WORKERS, rest.length) }, () => work(rest)));
}

function workerThread() {
  const worker = new Worker(new URL('./group-worker.ts', import.meta.url));
  return {
    async measure(index: number): Promise<readonly Figure[]> {
      worker.postMessage(index);
      const [figures] = await once(worker, 'message');
      return figures;
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}
