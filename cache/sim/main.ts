// The cache simulator's command line. `npm run sim -- --help` says what it takes.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { endWithReader } from '../bench/end-with-reader.ts';
import { type Anchor, anchorName, readAnchors, readAnchorTrace, TRACES_FOLDER } from './anchors.ts';
import { FORMATS, type Format, TraceError } from './formats.ts';
import { POLICIES } from './policies/policies.ts';
import { readTrace } from './read-trace.ts';
import { type CellResult, renderCell, renderSummary } from './render.ts';
import { simulate } from './simulate.ts';
import type { Trace } from './trace.ts';

const SEEDS = [1, 2, 3];
const USAGE = 2;
const UNKNOWN_TRACE_SHARES = [0.001, 0.01, 0.1];

const HELP = `Hit ratios of cache policies on recorded reads.

npm run sim -- [options] <trace..>

<trace>               a file (plain, gzip or Zstandard), or a name of the reference table: ${'OLTP, loop, corda-loop-corda …'}
                      Without one: every trace of the reference table, from ../shared/traces.
--entries N,N         cache sizes in entries. Default: those of the reference table, else 0.1, 1 and 10 % of the keys.
--policies A,B        default: all of ${POLICIES.map((policy) => policy.name).join(', ')}
--format F            ${FORMATS.join(' | ')}. Default: guessed from the name and the content.
--json                one object a line: trace, entries, policy, seed (null where hashing plays no part),
                      hitRatioPercent, byteHitRatioPercent.
`;

endWithReader();
try {
  await main();
} catch (error) {
  if (!(error instanceof TraceError) && !isUsageError(error)) throw error;
  const hint = isUsageError(error) ? 'npm run -s sim -- --help lists the options.\n' : '';
  process.stderr.write(`${(error as Error).message}\n${hint}`);
  process.exitCode = USAGE;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      entries: { type: 'string' },
      policies: { type: 'string' },
      format: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const anchors = readAnchors();
  const names = positionals.length > 0 ? positionals : [...new Set(anchors.map((anchor) => anchor.trace))];
  if (names.length === 0)
    throw new TraceError('No trace named, and ../shared/traces is absent; name a trace file.');
  const policies = choosePolicies(values.policies);
  const cells: CellResult[] = [];
  for (const name of names) {
    const trace = await open(name, chooseFormat(values.format));
    const known = anchors.filter((anchor) => anchor.trace === anchorName(trace.name));
    for (const entries of chooseEntries(values.entries, known, trace)) {
      const anchor = known.find((cell) => cell.entries === entries);
      const cell: CellResult = { trace: trace.name, entries, anchor, runs: [] };
      for (const policy of policies) {
        for (const seed of policy.seeded ? SEEDS : [null]) {
          // More entries than keys hold the same; they only take memory.
          const cache = policy.create(trace, Math.min(entries, trace.distinctKeys), seed ?? 0);
          const ratios = simulate(trace, cache);
          cell.runs.push({ policy: policy.name, ...ratios });
          if (values.json) {
            const line = { trace: trace.name, entries, policy: policy.name, seed, ...ratios };
            process.stdout.write(`${JSON.stringify(line)}\n`);
          }
        }
      }
      if (!values.json) process.stdout.write(renderCell(cell, cells.length === 0));
      cells.push(cell);
    }
  }
  if (!values.json) process.stdout.write(renderSummary(cells));
}

async function open(name: string, format: Format | undefined): Promise<Trace> {
  if (existsSync(name)) return readTrace(name, format);
  const trace = await readAnchorTrace(name);
  if (trace === undefined)
    throw new TraceError(`${name}: no such file, and no trace of that name in ${TRACES_FOLDER}.`);
  return trace;
}

function choosePolicies(list: string | undefined): typeof POLICIES {
  if (list === undefined) return POLICIES;
  return list.split(',').map((name) => {
    const policy = POLICIES.find((known) => known.name === name);
    const all = POLICIES.map((known) => known.name).join(', ');
    if (policy === undefined) throw new TraceError(`--policies: "${name}" is not one of ${all}.`);
    return policy;
  });
}

function chooseFormat(given: string | undefined): Format | undefined {
  const format = FORMATS.find((known) => known === given);
  if (given !== undefined && format === undefined) {
    throw new TraceError(`--format: "${given}" is not one of ${FORMATS.join(', ')}.`);
  }
  return format;
}

function chooseEntries(list: string | undefined, known: readonly Anchor[], trace: Trace): number[] {
  if (list === undefined) {
    if (known.length > 0) return known.map((anchor) => anchor.entries);
    return UNKNOWN_TRACE_SHARES.map((share) => Math.max(1, Math.round(share * trace.distinctKeys)));
  }
  return list.split(',').map((text) => {
    const entries = Number(text);
    if (!Number.isSafeInteger(entries) || entries < 1) {
      throw new TraceError(`--entries: "${text}" is not a whole number of at least 1.`);
    }
    return entries;
  });
}

function isUsageError(error: unknown): boolean {
  return (
    error instanceof TypeError && String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  );
}
