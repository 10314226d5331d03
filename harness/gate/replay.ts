/**
 * Replays the gate over recorded A/A blocks: how often it cries wolf, and what it finds when a slowdown is planted.
 * Record them with `l1bench gate --base HEAD --head HEAD --pairs 48`, then:
 *
 *   npm run -s bench:gate -- docs/gate/blocks-quiet.json.gz [..] [--out docs/gate]
 *
 * Prints one JSON object a line: tolerance, planted, falseFailRatio, detectionRatio, inconclusiveRatio, n.
 * With `--out` it also writes roc.md and roc.png into that folder.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type RecordedRound, recordedRounds, rocOf } from '../../reports/gate/replay.ts';
import { rocChart, rocMarkdown } from '../../reports/gate/roc-report.ts';
import { renderPng } from '../../reports/render-png.ts';
import type { Block } from '../../reports/schema.ts';
import { seededRng } from '../../reports/statistics/rng.ts';

const REPLAYS = 2_000;
const TOLERANCES = [0.05, 0.1, 0.2];
const PLANTED = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5];

const { positionals: files, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
if (files.length === 0) {
  console.error('Name the blocks.json of one or more A/A gates; see the head of harness/gate/replay.ts.');
  process.exit(2);
}
const points = rocOf(files.flatMap(recordingOf), TOLERANCES, PLANTED, {
  replays: REPLAYS,
  rng: seededRng(1),
});
for (const point of points) console.log(JSON.stringify(point));
if (values.out !== undefined) {
  writeFileSync(join(values.out, 'roc.md'), `${rocMarkdown(points)}\n`);
  writeFileSync(join(values.out, 'roc.png'), renderPng(rocChart(points)));
}

function recordingOf(file: string): RecordedRound[] {
  const bytes = readFileSync(file);
  const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return recordedRounds(JSON.parse(text.toString()) as Block[]);
}
