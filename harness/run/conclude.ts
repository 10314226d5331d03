import type { Result } from '../../reports/schema.ts';
import { reasonOf } from '../errors.ts';
import type { RunPlan } from './measure.ts';
import type { Measured } from './run-log.ts';

/** Share of a scenario's blocks that may be invalid before the run is. Fixed before the run. */
const MAX_INVALID_RATIO = 0.25;

/** The state of a run, and why it is not complete, in words. Nothing is removed from what was measured. */
export function conclude(
  measured: Measured,
  plan: Pick<RunPlan, 'scenarios' | 'profile'>,
  failure: unknown,
  interrupted: boolean,
): Pick<Result, 'state' | 'why'> {
  if (interrupted)
    return { state: 'interrupted', why: ['The run was interrupted; the report holds what was measured.'] };
  const why: string[] = [];
  if (failure !== null) why.push(reasonOf(failure));
  for (const scenario of plan.scenarios) {
    const blocks = measured.blocks.filter((block) => block.scenario === scenario);
    const invalid = blocks.filter((block) => block.brokenRules.length > 0);
    if (invalid.length > blocks.length * MAX_INVALID_RATIO) {
      why.push(
        `${invalid.length} of ${blocks.length} blocks of ${scenario} are invalid (limit 25 %): ${invalid[0]!.brokenRules[0]!.detail}.`,
      );
    }
  }
  return { state: why.length === 0 ? 'complete' : 'invalid', why };
}
