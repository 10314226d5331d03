import assert from 'node:assert/strict';
import { it } from 'node:test';
import { syntheticResult } from './fixtures/synthetic-result.ts';
import { cautions } from './notes.ts';
import { summarise } from './summary.ts';

/** A run during whose blocks other programs took these shares of the machine, in turns. */
function disturbed(ratios: readonly (number | null)[]): readonly string[] {
  const result = syntheticResult();
  const blocks = result.blocks.map((block, index) => ({
    ...block,
    othersCpuRatio: ratios[index % ratios.length]!,
  }));
  return cautions(summarise({ ...result, blocks }));
}

it('warns of other programs that took a tenth of the machine in half of the blocks', () => {
  assert.match(disturbed([0.3]).join(), /Other programs took 30 % of .* up to 30 %/);
  assert.deepEqual(disturbed([0.02, 0.02, 0.5]), []);
});

it('does not warn of other programs where nobody told', () => {
  assert.deepEqual(disturbed([null]), []);
});
