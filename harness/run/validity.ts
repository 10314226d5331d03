import type { Millis } from 'l1-cache';
import type { BrokenRule } from '../../reports/schema.ts';

/** Share of the scheduled requests that may stay unsent before the block no longer counts. */
const MAX_UNSENT_RATIO = 0.001;
/** Half of the requests must have left within this of their schedule, or the generator is what was measured. */
const MAX_LAG_P50_MS: Millis = 1;

/** What became of the requests of a load. */
interface LoadFacts {
  readonly scheduled: number;
  readonly errors: number;
  readonly unsent: number;
  readonly firstError: string | null;
}

/** What the rules look at; all of it is in the block's record. */
export interface BlockFacts extends LoadFacts {
  readonly lagP50Ms: Millis;
}

/** The rules a block broke; empty when it counts. Fixed before the run, applied to every block alike. */
export function brokenRules(block: BlockFacts): BrokenRule[] {
  const broken = brokenRulesOfFill(block);
  if (block.lagP50Ms > MAX_LAG_P50_MS) {
    broken.push({
      rule: 'generator-lag',
      detail: `the generator lagged: p50 ${block.lagP50Ms.toFixed(2)} ms behind schedule (limit ${MAX_LAG_P50_MS} ms)`,
    });
  }
  return broken;
}

/** The rules that the load before a memory reading broke: those of a block, but that it may be late. */
export function brokenRulesOfFill(load: LoadFacts): BrokenRule[] {
  const broken: BrokenRule[] = [];
  if (load.scheduled === 0) broken.push({ rule: 'nothing-due', detail: 'no request was due' });
  if (load.unsent > load.scheduled * MAX_UNSENT_RATIO) {
    broken.push({
      rule: 'unsent',
      detail: `${load.unsent} of ${load.scheduled} requests were never sent (limit 0.1 %)`,
    });
  }
  if (load.errors > 0) {
    broken.push({
      rule: 'failed-requests',
      detail: `${load.errors} of ${load.scheduled} requests failed: ${load.firstError}`,
    });
  }
  return broken;
}
