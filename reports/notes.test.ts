import assert from 'node:assert/strict';
import { it } from 'node:test';
import { syntheticResult } from './fixtures/synthetic-result.ts';
import { cautions, limits, methodNotes } from './notes.ts';
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

it('says that the blocks of a round met the same arrivals, not that all rounds did', () => {
  const said = methodNotes(summarise(syntheticResult({ rounds: 1 }))).join();
  assert.match(said, /the blocks of a round met the same arrivals/);
});

it('says how many ratios miss by chance, and that intervals of p99 are too narrow where rounds are few', () => {
  const short = summarise(syntheticResult({ rounds: 6, requestsPerBlock: 40 }));
  assert.match(
    limits(short).join('\n'),
    /of the 21 paired ratios, one in twenty misses[\s\S]*too narrow with 6 rounds/,
  );
  const long = { ...short, settings: { ...short.settings, rounds: 40 } };
  assert.doesNotMatch(limits(long).join(), /too narrow/);
});
