import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { benchCli } from '../../cache/bench/bench-cli.ts';
import { type RecordedRound, recordedRounds, rocOf } from '../../reports/gate/replay.ts';
import { rocChart, rocMarkdown } from '../../reports/gate/roc-report.ts';
import { renderPng } from '../../reports/render-png.ts';
import type { Block } from '../../reports/schema.ts';
import { seededRng } from '../../reports/statistics/rng.ts';

const REPLAYS = 2_000;
const TOLERANCES = [0.05, 0.1, 0.2];
const PLANTED = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5];

const cli = benchCli('bench:gate')
  .command(
    '$0 <files..>',
    `Replays the gate over recorded A/A blocks: how often it cries wolf, and what it finds when a slowdown is planted.

Prints one JSON object a line: tolerance, planted, falseFailRatio, detectionRatio, inconclusiveRatio, n.`,
    (args) =>
      args.positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe:
          'blocks.json of A/A gates (`l1bench gate --base HEAD --head HEAD --pairs 48`), plain or gzip',
      }),
  )
  .option('out', { type: 'string', describe: 'Folder to write roc.md and roc.png into as well' })
  .example('$0 docs/gate/blocks-quiet.json.gz', 'The recording that docs/gate.md shows');
const values = cli.parseSync();
const files = values.files as string[];
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
