import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Argv } from 'yargs';
import { type HistoryEntry, historyEntrySchema, seriesOf } from '../../reports/history/history.ts';
import { renderTrendPage } from '../../reports/history/trend-page.ts';
import { seededRng } from '../../reports/statistics/rng.ts';
import { BenchError, EXIT } from '../errors.ts';
import { chartJsSource } from '../report/write-report.ts';

export function trendCommand(cli: Argv): Argv {
  return cli.command(
    'trend <history>',
    'Draw how figures moved over the runs of a history folder, and where they changed',
    (args) =>
      args
        .positional('history', {
          type: 'string',
          demandOption: true,
          describe: 'Folder that `run --history` wrote to',
        })
        .option('out', { type: 'string', default: 'trend.html', describe: 'Where the page goes' })
        .example('$0 run --history perf-history && $0 trend perf-history', 'Add a run, then look'),
    async (args) => {
      const entries = await entriesOf(args.history);
      const series = seriesOf(entries, seededRng(1));
      await mkdir(dirname(args.out), { recursive: true });
      await writeFile(args.out, renderTrendPage(series, await chartJsSource()));
      const changes = series.reduce((sum, one) => sum + one.changes.length, 0);
      process.stdout.write(
        `${entries.length} runs, ${series.length} series, ${changes} change points: ${args.out}\n`,
      );
    },
  );
}

async function entriesOf(folder: string): Promise<HistoryEntry[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  if (files.length === 0) {
    throw new BenchError('HISTORY_EMPTY', `${folder} holds no run.`, {
      hint: 'Fill it with `l1bench run --history <folder>`.',
      exitCode: EXIT.usage,
    });
  }
  return Promise.all(
    files.map(async (file) => {
      const entry = historyEntrySchema.safeParse(jsonOf(await readFile(file, 'utf8')));
      if (entry.success) return entry.data;
      throw new BenchError('RESULT_UNREADABLE', `${file} is not an entry of a history.`, {
        hint: 'Remove it, or name another folder.',
        exitCode: EXIT.usage,
      });
    }),
  );
}

/** What a file says as JSON; undefined when it is none, cut off for instance. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
