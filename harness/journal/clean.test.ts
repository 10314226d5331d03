import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRng } from '../../scenarios/random.ts';
import { allEndpoints, type MeshEndpoints } from '../targets/local/endpoints.ts';
import { canListen, findFreeNetwork } from '../targets/local/free-network.ts';
import { executables, NETWORK_OF_CLEANING, runIdOn } from '../targets/local/testing/small-mesh.ts';
import { cleanLeftovers } from './clean.ts';
import { listMarked, RUN_FOLDER_VARIABLE } from './marked-processes.ts';
import { memoryFolderOf, memoryFolderPrefix, openRun, readJournal, runsFolderOf } from './owned-run.ts';

const DEPLOY_AND_WAIT = fileURLToPath(new URL('./testing/deploy-and-wait.ts', import.meta.url));
const { redis, envoy } = await executables();
const skip = redis === null ? 'needs redis-server: run "l1bench setup"' : false;
/** Journal lines of the whole deployment: the owner, then two for every program. */
const JOURNAL_LINES = 1 + 2 * (1 + 4 * (envoy === null ? 2 : 3) + (envoy === null ? 0 : 1));

const project = mkdtempSync(join(tmpdir(), 'l1bench-test-'));
after(() => rmSync(project, { recursive: true, force: true }));
const runsFolder = runsFolderOf(project);

describe('cleaning after a CLI that was killed', { skip }, () => {
  const rng = createRng(20_261_123);
  const points = [
    0,
    1,
    ...Array.from({ length: 2 }, () => 2 + Math.floor(rng() * (JOURNAL_LINES - 2))),
    JOURNAL_LINES,
  ];

  for (const [index, lines] of points.entries()) {
    it(`leaves no process, port or file when it died after ${lines} of ${JOURNAL_LINES} journal lines`, async () => {
      const runId = runIdOn((number) => number === NETWORK_OF_CLEANING, `killed-${index}`);
      // The ports that the deployment will take; two of these tests never run at a time.
      const network = await findFreeNetwork(runId, 4);
      await network[Symbol.asyncDispose]();
      const cli = spawn(process.execPath, ['--conditions=l1-source', DEPLOY_AND_WAIT, project, runId], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await untilJournalHas(lines, runId, cli);
      cli.kill('SIGKILL');
      await once(cli, 'exit');

      await cleanLeftovers(project, { all: false });

      assert.deepEqual(listMarked(runsFolder), []);
      assert.deepEqual(existsSync(runsFolder) ? readdirSync(runsFolder) : [], []);
      const inMemory = memoryFolderPrefix(runsFolder);
      assert.deepEqual(
        readdirSync(inMemory.parent).filter((name) => name.startsWith(inMemory.prefix)),
        [],
      );
      assert.deepEqual(await takenOf(network), []);
    });
  }
});

it('leaves a run alone whose owner lives, unless asked for all', async () => {
  using run = openRun(project, 'alive');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], {
    env: run.env,
    stdio: 'ignore',
  });
  try {
    assert.deepEqual(await cleanLeftovers(project, { all: false }), { runIds: [], processes: 0 });
    // The owner is this very process: even `all` does not end the one that cleans.
    assert.deepEqual(await cleanLeftovers(project, { all: true }), { runIds: [], processes: 0 });
    assert.equal(child.exitCode, null);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

it('removes what a killed run left in memory, with or without its folder on disk', async () => {
  const gone = memoryFolderOf({ folder: join(runsFolder, 'deleted-by-hand') });
  using run = openRun(project, 'alive-in-memory');
  const live = memoryFolderOf(run);
  await cleanLeftovers(project, { all: false });
  assert.deepEqual([existsSync(gone), existsSync(live)], [false, true]);
  run[Symbol.dispose]();
  assert.equal(existsSync(live), false);
});

it('ends what carries the mark of a run whose folder is gone', {
  skip: process.platform !== 'linux',
}, async () => {
  mkdirSync(runsFolder, { recursive: true });
  const env = { [RUN_FOLDER_VARIABLE]: join(runsFolder, 'deleted-by-hand') };
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { env, stdio: 'ignore' });
  const exited = once(child, 'exit');
  assert.equal((await cleanLeftovers(project, { all: false })).processes, 1);
  assert.deepEqual(await exited, [null, 'SIGKILL']);
});

it('does not touch the processes of another project', { skip: process.platform !== 'linux' }, async () => {
  const env = { [RUN_FOLDER_VARIABLE]: '/another/project/.l1bench/runs/run-1' };
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { env, stdio: 'ignore' });
  await once(child, 'spawn');
  assert.equal((await cleanLeftovers(project, { all: true })).processes, 0);
  child.kill('SIGKILL');
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
});

/** Watches from outside; nothing in the deployment knows that it is about to be killed. */
async function untilJournalHas(lines: number, runId: string, cli: ChildProcess): Promise<void> {
  while (readJournal(join(runsFolder, runId)).length < lines) {
    if (cli.exitCode !== null)
      throw new Error(`The deployment ended by itself with exit code ${cli.exitCode}.`);
    await delay(2);
  }
}

async function takenOf(network: MeshEndpoints): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const endpoint of allEndpoints(network)) {
    if (!(await canListen(endpoint))) taken.push(`${endpoint.host}:${endpoint.port}`);
  }
  return taken;
}
