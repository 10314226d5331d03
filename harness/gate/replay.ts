/**
 * Replays the gate over recorded A/A blocks: how often it cries wolf, and what it finds when a slowdown is planted.
 * Record them with `l1bench gate --base HEAD --head HEAD --pairs 60`, then:
 *
 *   npm run -s bench:gate -- reports/out/<gate>/blocks.json [..]
 *
 * Prints one JSON object a line: tolerance, planted, falseFailRatio, detectionRatio, inconclusiveRatio, n.
 */
import { readFileSync } from 'node:fs';
import { type RecordedRound, rocOf } from '../../reports/gate/replay.ts';
import { gateSample } from '../../reports/gate/sample.ts';
import type { Block } from '../../reports/schema.ts';
import { seededRng } from '../../reports/statistics/rng.ts';

const REPLAYS = 1_000;
const TOLERANCES = [0, 0.05, 0.1, 0.15, 0.2];
const PLANTED = [0.1, 0.25, 0.5];

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('Name the blocks.json of one or more A/A gates; see the head of harness/gate/replay.ts.');
  process.exit(2);
}
const recorded = files.flatMap((file) => roundsOf(JSON.parse(readFileSync(file, 'utf8')) as Block[]));
for (const point of rocOf(recorded, TOLERANCES, PLANTED, { replays: REPLAYS, rng: seededRng(1) })) {
  console.log(JSON.stringify(point));
}

/** Rounds in which all three sides have a valid block. */
function roundsOf(blocks: readonly Block[]): RecordedRound[] {
  const rounds = Map.groupBy(blocks, (block) => block.round);
  return [...rounds.values()].flatMap((round) => {
    const [a, b, c] = round.map(gateSample);
    return a && b && c ? [{ samples: [a, b, c] as const }] : [];
  });
}
