import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa, type Options } from 'execa';
import { parseResult } from '../reports/parse-result.ts';
import { PROJECT_FOLDER } from './project.ts';
import { said } from './testing/said.ts';

const CLI = join(PROJECT_FOLDER, 'bin', 'l1bench.mjs');
/** The smallest mesh that is still one: seconds instead of minutes. */
const SMALL = ['--services', '4', '--mesh', 'none', '--blocks', '1'];
const SLOW = [...SMALL, '--rate', '40'];

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'l1bench-cli-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const l1bench = (args: readonly string[], options: Options = {}) =>
  // On a busy machine a report takes longer than the 5 s after which execa would kill what it has signalled.
  execa(process.execPath, [CLI, ...args], { reject: false, forceKillAfterDelay: false, ...options });

test('an unknown scenario is a usage error that lists the known ones', async () => {
  const { exitCode, stderr } = await l1bench(['run', 'memcached']);
  assert.equal(exitCode, 2);
  assert.match(String(stderr), /no scenario called memcached/);
  assert.match(String(stderr), /in-process-l1/);
});

test('an option that an experiment does not take is refused, not ignored', async () => {
  const { stderr, exitCode } = await l1bench(['run', 'hot-shift', '--rate', '100']);
  assert.equal(exitCode, 2);
  assert.match(String(stderr), /--rate says nothing to hot-shift/);
  assert.match(String(stderr), /hint +.*--profile/);
});

test('an experiment beside something else is a usage error that says to run it alone', async () => {
  const { exitCode, stderr } = await l1bench(['run', 'cold-start', 'l1-passive']);
  assert.equal(exitCode, 2);
  assert.match(String(stderr), /Run it alone: l1bench run cold-start/);
});

test('an unknown command shows the help and is a usage error', async () => {
  const { exitCode, stderr } = await l1bench(['frobnicate']);
  assert.equal(exitCode, 2);
  assert.match(String(stderr), /l1bench run/);
});

test('an option out of range names the option and the value', async () => {
  const { exitCode, stderr } = await l1bench(['run', '--rate', '-5']);
  assert.equal(exitCode, 2);
  assert.match(String(stderr), /--rate is -5/);
});

test('a malformed trace is one clear error, before anything is looked for or written', async () => {
  const trace = join(folder, 'broken.be32');
  await writeFile(trace, Buffer.from([1, 2, 3]));
  const out = join(folder, 'malformed');
  const { exitCode, stderr } = await l1bench(['run', ...SMALL, '--workload', `trace:${trace}`, '--out', out]);
  assert.equal(exitCode, 2);
  assert.match(String(stderr), /^\S*error.*TRACE_/s);
  assert.equal(existsSync(out), false);
});

test('a trace that is not there is one clear error', async () => {
  const { exitCode, stderr } = await l1bench(['run', ...SMALL, '--workload', 'trace:/nowhere/x.be32']);
  assert.equal(exitCode, 2);
  assert.match(String(stderr), /TRACE_MISSING/);
});

test('topology --json prints one object, the same for the same seed', async () => {
  const [a, b] = await Promise.all([1, 2].map(() => l1bench(['topology', '--json', '--seed', '9'])));
  assert.equal(JSON.parse(String(a?.stdout)).services.length, 50);
  assert.equal(a?.stdout, b?.stdout);
});

test('every command has a help with an example', async () => {
  const commands = [
    'setup',
    'doctor',
    'run',
    'report',
    'reproduce',
    'gate',
    'compare',
    'trend',
    'topology',
    'clean',
  ];
  const helps = await Promise.all(commands.map((command) => l1bench([command, '--help'])));
  for (const [index, help] of helps.entries()) {
    assert.equal(help.exitCode, 0, commands[index]);
    assert.match(String(help.stdout), /Examples:/, commands[index]);
  }
});

test('a run writes its report and prints one JSON object', async () => {
  const out = join(folder, 'run');
  const { exitCode, stdout, stderr } = await l1bench([
    'run',
    'no-cache',
    'in-process-l1',
    ...SLOW,
    '--json',
    '--out',
    out,
  ]);
  const printed = JSON.parse(String(stdout)) as {
    runId: string;
    folder: string;
    valid: boolean;
    why: string[];
    figures: object[];
  };
  assert.equal(printed.folder, out);
  assert.ok(printed.figures.length > 20, String(stderr));
  // On a busy machine a block may be invalid; then the run says so, and why.
  assert.equal(exitCode, printed.valid ? 0 : 4);
  assert.equal(printed.valid, printed.why.length === 0);
  for (const file of ['result.json', 'report.md', 'index.html', 'request-latency.png']) {
    assert.ok(existsSync(join(out, file)), file);
  }
  const result = parseResult(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
  assert.equal(result.blocks.length, 2);
  assert.equal(result.memory.length, 2);
});

test('a resumed run measures only what is missing', async () => {
  const out = join(folder, 'run');
  const log = join(out, 'measurements.ndjson');
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  await writeFile(log, `${lines.slice(0, 3).join('\n')}\n`);
  const { stderr } = await l1bench(['run', '--resume', `${out}/`, '--json']);
  const resumed = (await readFile(log, 'utf8')).trimEnd().split('\n');
  assert.deepEqual(resumed.slice(0, 3), lines.slice(0, 3));
  const kinds = resumed.map((line) => (JSON.parse(line) as { kind: string }).kind);
  assert.deepEqual(kinds.filter((kind) => kind === 'block').length, 2, String(stderr));
  assert.deepEqual(kinds.filter((kind) => kind === 'memory').length, 2);
});

test('Ctrl-C ends a run with a report of what was measured, and nothing left behind', async () => {
  const out = join(folder, 'interrupted');
  const running = l1bench(['run', 'no-cache', 'in-process-l1', ...SLOW, '--out', out]);
  await said(running, 'round 1');
  // The terminal would signal both processes; the launcher passes SIGTERM on to the CLI.
  running.kill('SIGTERM');
  const { exitCode } = await running;
  assert.equal(exitCode, 130);
  const result = parseResult(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
  assert.equal(result.state, 'interrupted');
  assert.equal(result.coldStarts.length, 2);
  assert.ok(!existsSync(join(PROJECT_FOLDER, '.l1bench', 'runs', result.runId)));
});

test('a rate that the mesh cannot serve is refused before the blocks', async () => {
  const { exitCode, stderr } = await l1bench([
    'run',
    'no-cache',
    ...SMALL,
    '--rate',
    '30000',
    '--out',
    join(folder, 'fast'),
  ]);
  assert.equal(exitCode, 4);
  assert.match(String(stderr), /does not serve 30\d{3} requests\/s|RATE_TOO_HIGH/);
});
