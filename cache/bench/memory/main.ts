import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { benchCli } from '../bench-cli.ts';
import {
  accounting,
  type Figure,
  IMPLEMENTATIONS,
  perEntry,
  type RssHolder,
  type RssSettings,
  rss,
} from './figures.ts';

const FIGURES = ['per-entry', 'accounting', 'rss'] as const;

const asked = benchCli('bench:memory')
  .usage(
    `$0 [options]

What the cache takes beyond keys and values, how far what it charges is from what it takes, and how far RSS grows over
many distinct inserts. Each figure in a process of its own. All of it takes about six minutes.`,
  )
  .option('figure', {
    type: 'string',
    default: FIGURES.join(','),
    describe: 'What to measure',
    coerce: (list: string) => list.split(','),
  })
  .option('entries', { type: 'number', default: 1_000_000, describe: 'Entries for per-entry' })
  .option('inserts', { type: 'number', default: 10_000_000, describe: 'Distinct inserts for rss' })
  .option('json', { type: 'boolean', default: false, describe: 'One object a line' })
  .option('only', { type: 'string', hidden: true })
  .example('$0 --figure rss --inserts 1000000', 'Growth of RSS over a million inserts')
  .check(({ figure, entries, inserts }) => {
    const unknown = figure.find((name) => !FIGURES.some((known) => known === name));
    if (unknown !== undefined) throw new Error(`--figure ${unknown} is not one of ${FIGURES.join(', ')}.`);
    for (const [name, count] of Object.entries({ entries, inserts }))
      if (!(Number.isInteger(count) && count > 0)) throw new Error(`--${name} is no whole number above 0.`);
    return true;
  })
  .parseSync();

const RSS_BUDGET_MIB = 256;
/** V8 prefers less memory to more speed; young objects get semi-spaces of 1 MiB. */
const BOUNDED_FLAGS = ['--optimize-for-size', '--max-semi-space-size=1'];
/** glibc takes every table from the system by itself, so that a freed one goes back. */
const BOUNDED_ENV = { MALLOC_MMAP_THRESHOLD_: '131072' };
const PLANS: Readonly<Record<(typeof FIGURES)[number], readonly string[][]>> = {
  'per-entry': IMPLEMENTATIONS.map((implementation) => ['per-entry', implementation, String(asked.entries)]),
  accounting: (['reference', 'bytes'] as const).flatMap((values) =>
    [64, 128, 256, 512].map((mib) => ['accounting', values, String(mib)]),
  ),
  rss: (['l1-cache reference', 'l1-cache bytes', 'lru-cache reference'] as const).flatMap((holder) =>
    (['default', 'bounded'] as const).map((settings) => ['rss', holder, String(asked.inserts), settings]),
  ),
};

if (asked.only !== undefined) {
  process.stdout.write(JSON.stringify(await measure(JSON.parse(asked.only) as string[])));
} else {
  for (const figure of asked.figure as (typeof FIGURES)[number][]) {
    for (const plan of PLANS[figure]) print(await runApart(plan));
  }
}

function measure([figure, which, count, settings]: string[]): Figure | Promise<Figure> {
  if (figure === 'per-entry') return perEntry(which!, Number(count));
  if (figure === 'accounting') return accounting(which as 'reference' | 'bytes', Number(count));
  const [implementation, values] = which!.split(' ') as [RssHolder, 'reference' | 'bytes'];
  return rss(implementation, values, RSS_BUDGET_MIB, Number(count), settings as RssSettings);
}

async function runApart(plan: readonly string[]): Promise<Figure> {
  const script = fileURLToPath(import.meta.url);
  const isBounded = plan.includes('bounded' satisfies RssSettings);
  const flags = ['--conditions=l1-source', '--expose-gc', ...(isBounded ? BOUNDED_FLAGS : [])];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, script, '--only', JSON.stringify(plan)],
    { env: isBounded ? { ...process.env, ...BOUNDED_ENV } : process.env },
  );
  return JSON.parse(stdout) as Figure;
}

function print(figure: Figure): void {
  if (asked.json || 'skipped' in figure) {
    console.log(JSON.stringify(figure));
    return;
  }
  const parts = Object.entries(figure).map(([name, value]) =>
    typeof value === 'number' && !Number.isInteger(value)
      ? `${name} ${value.toFixed(3)}`
      : `${name} ${value}`,
  );
  console.log(parts.join('  '));
}
