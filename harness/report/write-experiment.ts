import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartOf } from '../../reports/experiment/curve-charts.ts';
import { renderExperimentMarkdown } from '../../reports/experiment/markdown.ts';
import { renderExperimentHtml } from '../../reports/experiment/page.ts';
import { type Experiment, parseExperiment } from '../../reports/experiment/schema.ts';
import { renderPng } from '../../reports/render-png.ts';
import { BenchError, EXIT } from '../errors.ts';
import { chartJsSource } from './write-report.ts';

const FILE = 'experiment.json';

/** Writes `experiment.json`, `report.md`, `index.html` and one PNG a chart into the folder. */
export async function writeExperiment(experiment: Experiment, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), `${JSON.stringify(experiment, null, 1)}\n`);
  await writeFile(join(folder, 'report.md'), renderExperimentMarkdown(experiment));
  await writeFile(join(folder, 'index.html'), renderExperimentHtml(experiment, await chartJsSource()));
  for (const curves of experiment.sections.flatMap((section) => section.curves))
    await writeFile(join(folder, `${curves.id}.png`), renderPng(chartOf(curves)));
}

/**
 * The experiment in a folder, or null when the folder holds none.
 * @throws {BenchError} `RESULT_UNREADABLE`.
 */
export async function readExperiment(folder: string): Promise<Experiment | null> {
  const file = join(folder, FILE);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return parseExperiment(JSON.parse(text));
  } catch (cause) {
    throw new BenchError('RESULT_UNREADABLE', `${file}: ${(cause as Error).message}.`, {
      hint: 'Run again, or use the l1bench version that wrote it.',
      exitCode: EXIT.usage,
      cause,
    });
  }
}
