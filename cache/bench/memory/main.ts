/**
 * npm run -s bench:memory -- [--json] [--figure per-entry,accounting,rss] [--inserts 10000000]
 *
 * What the cache takes beyond keys and values, how far what it charges is from what it takes, and how far RSS grows
 * over many distinct inserts. Each figure in a process of its own.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { accounting, type Figure, IMPLEMENTATIONS, perEntry, type RssSettings, rss } from './figures.ts';

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    figure: { type: 'string', default: 'per-entry,accounting,rss' },
    inserts: { type: 'string', default: '10000000' },
    entries: { type: 'string', default: '1000000' },
    only: { type: 'string' },
  },
});

const RSS_BUDGET_MIB = 256;
/** V8 prefers less memory to more speed; young objects get semi-spaces of 1 MiB. */
const BOUNDED_FLAGS = ['--optimize-for-size', '--max-semi-space-size=1'];
/** glibc takes every table from the system by itself, so that a freed one goes back. */
const BOUNDED_ENV = { MALLOC_MMAP_THRESHOLD_: '131072' };
const PLANS: Readonly<Record<string, readonly string[][]>> = {
  'per-entry': IMPLEMENTATIONS.map((implementation) => ['per-entry', implementation, asked.entries]),
  accounting: (['reference', 'bytes'] as const).flatMap((values) =>
    [64, 128, 256, 512].map((mib) => ['accounting', values, String(mib)]),
  ),
  rss: (['reference', 'bytes'] as const).flatMap((values) =>
    (['default', 'bounded'] as const).map((settings) => ['rss', values, asked.inserts, settings]),
  ),
};

if (asked.only !== undefined) {
  process.stdout.write(JSON.stringify(measure(JSON.parse(asked.only) as string[])));
} else {
  for (const figure of asked.figure.split(',')) {
    for (const plan of PLANS[figure] ?? unknown(figure)) print(await runApart(plan));
  }
}

function measure([figure, which, count, settings]: string[]): Figure {
  if (figure === 'per-entry') return perEntry(which!, Number(count));
  const values = which as 'reference' | 'bytes';
  if (figure === 'accounting') return accounting(values, Number(count));
  return rss(values, RSS_BUDGET_MIB, Number(count), settings as RssSettings);
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

function unknown(figure: string): never {
  console.error(`--figure ${figure} is not known; it can be ${Object.keys(PLANS).join(', ')}.`);
  process.exit(2);
}
