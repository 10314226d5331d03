import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { PROJECT_FOLDER } from './project.ts';
import { said } from './testing/said.ts';

const CLI = join(PROJECT_FOLDER, 'bin', 'l1bench.mjs');
const l1bench = (args: readonly string[]) => execa(process.execPath, [CLI, ...args], { reject: false });

const out = join(tmpdir(), `l1bench-signals-${process.pid}`);
const SMALL = ['--services', '4', '--mesh', 'none', '--out', out];
after(() => rmSync(out, { recursive: true, force: true }));

/** A run that looks at the machine, which takes two seconds, and has started nothing yet. */
async function aRunThatLooks() {
  const running = l1bench(['run', 'no-cache', ...SMALL]);
  await said(running, 'mesh: none');
  return { running };
}

test('whoever signals only the launcher interrupts the run', async () => {
  const { running } = await aRunThatLooks();
  running.kill('SIGINT');
  assert.equal((await running).exitCode, 130);
});

test('a run under nohup goes on when its terminal is closed', async () => {
  const log = `${out}.log`;
  after(() => rmSync(log, { force: true }));
  const file = openSync(log, 'w');
  // What nohup leaves behind: no terminal, and output in a file. The group is what a shell passes a hang-up on to.
  const running = spawn(process.execPath, [CLI, 'run', 'no-cache', ...SMALL], {
    detached: true,
    stdio: ['ignore', file, file],
  });
  const ended = once(running, 'exit');
  const logged = async (words: string): Promise<void> => {
    while (!readFileSync(log, 'utf8').includes(words)) {
      assert.equal(
        running.exitCode ?? running.signalCode,
        null,
        `ended before "${words}": ${readFileSync(log, 'utf8')}`,
      );
      await delay(20);
    }
  };
  await logged('mesh: none');
  process.kill(-running.pid!, 'SIGHUP');
  await logged('calibrating');
  running.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
});

test('a run that the system kills was not interrupted, and says how it ended', {
  skip: process.platform !== 'linux',
}, async () => {
  const { running } = await aRunThatLooks();
  const children = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8');
  process.kill(Number.parseInt(children, 10), 'SIGKILL');
  const { exitCode, stderr } = await running;
  assert.equal(exitCode, 1);
  assert.match(stderr, /ended by SIGKILL.*\n.*l1bench clean/);
});

test('a reader that closes early does not end a command', async () => {
  const running = l1bench(['doctor']);
  running.stdout.destroy();
  running.stderr.destroy();
  assert.ok([0, 3].includes((await running).exitCode!));
});
