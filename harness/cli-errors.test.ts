import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { EXIT } from './errors.ts';
import { PROJECT_FOLDER } from './project.ts';

const CLI = join(PROJECT_FOLDER, 'bin', 'l1bench.mjs');

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'l1bench-errors-'));
  await writeFile(join(folder, 'result.json'), '{"schemaVersion":0}');
  await writeFile(join(folder, 'cut-off.json'), '{"schema');
});
after(() => rm(folder, { recursive: true, force: true }));

interface Mistake {
  readonly what: string;
  readonly args: () => readonly string[];
  readonly code: string;
  readonly says: RegExp;
}

const MISTAKES: readonly Mistake[] = [
  {
    what: 'an unknown workload',
    args: () => ['run', '--workload', 'prod'],
    code: 'WORKLOAD_UNKNOWN',
    says: /--workload is prod/,
  },
  {
    what: 'a budget of nothing',
    args: () => ['run', '--budget-mib', '0'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--budget-mib is 0/,
  },
  {
    what: 'a budget of more than any machine has',
    args: () => ['run', '--budget-mib', '9999999'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--budget-mib is 9999999; it must be above 0 and at most 1048576/,
  },
  {
    what: 'a rate that no generator sends',
    args: () => ['run', '--rate', '1e9'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--rate is 1000000000; it must be above 0 and at most 100000/,
  },
  {
    what: 'a rate that k6 does not take',
    args: () => ['run', '--driver', 'k6', '--rate', '12.5'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--rate is 12.5; it must be a whole number with --driver k6/,
  },
  {
    what: 'a part of a round',
    args: () => ['run', '--blocks', '1.5'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--blocks is 1.5; it must be a whole number above 0 and at most 10000/,
  },
  {
    what: 'more rounds than memory holds the arrivals of',
    args: () => ['run', '--blocks', '1e9'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--blocks is 1000000000/,
  },
  {
    what: 'a mesh that cannot be, before anything is looked for',
    args: () => ['run', '--services', '1', '--mesh', 'none'],
    code: 'TOPOLOGY_IMPOSSIBLE',
    says: /^\S*error\S* services is 1/,
  },
  {
    what: 'an option given twice',
    args: () => ['topology', '--out', 'a.svg', '--out', 'b.svg'],
    code: 'OPTION_TWICE',
    says: /--out is given 2 times/,
  },
  {
    what: 'an unknown claim',
    args: () => ['reproduce', '9000x'],
    code: 'CLAIM_UNKNOWN',
    says: /no claim called 9000x/,
  },
  {
    what: 'the report of no run',
    args: () => ['report', 'last-tuesday'],
    code: 'RESULT_MISSING',
    says: /last-tuesday/,
  },
  {
    what: 'the report of another schema',
    args: () => ['report', folder],
    code: 'RESULT_UNREADABLE',
    says: /schema version 0/,
  },
  {
    what: 'resuming what never ran',
    args: () => ['run', '--resume', 'last-tuesday'],
    code: 'RUN_NOT_RESUMABLE',
    says: /last-tuesday/,
  },
  {
    what: 'a trend of no history',
    args: () => ['trend', join(folder, 'nothing')],
    code: 'HISTORY_EMPTY',
    says: /holds no run/,
  },
  {
    what: 'a history with a file that is no JSON',
    args: () => ['trend', folder],
    code: 'RESULT_UNREADABLE',
    says: /cut-off.json is not an entry|result.json is not an entry/,
  },
  {
    what: 'a gate against an unknown base',
    args: () => ['gate', '--base', 'no-such-ref'],
    code: 'BASE_UNKNOWN',
    says: /no commit no-such-ref/,
  },
  {
    what: 'a gate against a result that is no JSON',
    args: () => ['gate', '--base', join(folder, 'cut-off.json')],
    code: 'BASE_UNKNOWN',
    says: /cut-off.json does not say from which commit/,
  },
  {
    what: 'an experiment whose seed is no number',
    args: () => ['run', 'cold-start', '--seed', 'first'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--seed is NaN; it must be a whole number/,
  },
  {
    what: 'a gate whose seed is a fraction',
    args: () => ['gate', '--base', 'HEAD', '--seed', '1.5'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--seed is 1.5/,
  },
  {
    what: 'a gate without pairs',
    args: () => ['gate', '--base', 'HEAD', '--pairs', '0'],
    code: 'OPTION_OUT_OF_RANGE',
    says: /--pairs is 0/,
  },
];

for (const { what, args, code, says } of MISTAKES) {
  test(`${what} is one clear error with its code, a hint and the exit code of a usage error`, async () => {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI, ...args()], { reject: false });
    assert.equal(exitCode, EXIT.usage, stderr);
    assert.match(stderr, says);
    assert.ok(stderr.includes(code), stderr);
    assert.ok(!/\n\s+at /.test(stderr), 'no stack trace');
    assert.equal(stdout, '');
  });
}

test('a place that cannot be written to is an error of the environment, not a defect', async () => {
  const args = ['topology', '--out', join(folder, 'result.json', 'x.svg')];
  const { exitCode, stderr } = await execa(process.execPath, [CLI, ...args], { reject: false });
  assert.equal(exitCode, EXIT.environment, stderr);
  assert.match(stderr, /^\S*error.* The file system refuses: .*FILE_REFUSED/s);
});

test('a drawing goes into a folder that is not there yet', async () => {
  const out = join(folder, 'new', 'x.svg');
  const { exitCode, stderr } = await execa(process.execPath, [CLI, 'topology', '--out', out], {
    reject: false,
  });
  assert.equal(exitCode, EXIT.ok, stderr);
});

test('a Redis that is named but not there ends a run before it starts anything', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [CLI, 'run', '--mesh', 'none'], {
    reject: false,
    env: { REDIS_SERVER: join(folder, 'no-redis') },
  });
  assert.equal(exitCode, EXIT.environment, stderr);
  assert.match(stderr, /REDIS_MISSING/);
  assert.match(stderr, /no-redis/);
});
