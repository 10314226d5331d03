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

it('says how many ratios miss by chance, and that intervals of single figures are narrow where rounds are few', () => {
  const short = summarise(syntheticResult({ rounds: 6, requestsPerBlock: 40 }));
  assert.match(
    limits(short).join('\n'),
    /of the 21 paired ratios, one in twenty misses[\s\S]*With 6 rounds the interval of a single p99 or mean is somewhat narrow/,
  );
  const long = { ...short, settings: { ...short.settings, rounds: 40 } };
  assert.doesNotMatch(limits(long).join(), /somewhat narrow/);
});

it('says whose hit ratio was not steady when the blocks began', () => {
  const result = syntheticResult({ rounds: 1 });
  const coldStarts = result.coldStarts.map((start) =>
    start.scenario === 'redis-sidecar' ? { ...start, endedBy: 'time-limit' as const } : start,
  );
  assert.match(limits(summarise({ ...result, coldStarts })).join(), /steady, in redis-sidecar: after/);
  assert.doesNotMatch(limits(summarise(result)).join(), /time limit/);
});

it('says how many reads met a fault of the preload', () => {
  const result = syntheticResult({ rounds: 1 });
  const coverage = { hits: 1, misses: 1, shared: 0, bypass: 0, faults: 1 };
  const blocks = result.blocks.map((block) => ({
    ...block,
    coverage: block.scenario === 'no-cache' ? coverage : null,
  }));
  assert.match(
    limits(summarise({ ...result, blocks })).join(),
    /no-cache: the preload met 1 fault of its own/,
  );
});
