import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { POLICIES } from './policies/policies.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'l1-sim-'));
after(() => rmSync(folder, { recursive: true }));
const trace = join(folder, 'small.lirs');
writeFileSync(trace, '1\n2\n1\n3\n');

function run(...args: string[]) {
  const flags = ['--conditions=l1-source', MAIN, ...args];
  return spawnSync(process.execPath, flags, { encoding: 'utf8' });
}

test('a size far above the keys of a trace is simulated by every policy', () => {
  const { status, stdout, stderr } = run('--json', '--entries', '1000000000000', trace);
  assert.equal(status, 0, stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(new Set(lines.map((line) => line.policy)), new Set(POLICIES.map(({ name }) => name)));
  for (const line of lines)
    assert.deepEqual(line, {
      trace: 'small',
      entries: 1_000_000_000_000,
      policy: line.policy,
      seed: line.seed,
      hitRatioPercent: 25,
      byteHitRatioPercent: 25,
    });
});

test('an unknown option is refused with where to find the known ones', () => {
  const { status, stderr } = run('--bogus', trace);
  assert.equal(status, 2);
  assert.match(stderr, /^Unknown option '--bogus'.*\n.*--help lists the options\.\n$/);
});

test('a folder is no trace', () => {
  const { status, stderr } = run(folder);
  assert.equal(status, 2);
  assert.ok(stderr.startsWith(`${folder} cannot be read: `), stderr);
});
