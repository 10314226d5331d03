import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { listMarked } from '../journal/marked-processes.ts';
import { runsFolderOf } from '../journal/owned-run.ts';
import { PROJECT_FOLDER } from '../project.ts';
import type { Surroundings } from '../run/execute.ts';
import { findTools } from '../tools/find-tools.ts';
import type { ExperimentKind } from './experiment.ts';
import { startPod } from './pods.ts';
import { runExperiment } from './run-experiment.ts';
import { PLAN } from './testing/pod-plan.ts';

const projectFolder = mkdtempSync(join(tmpdir(), 'l1bench-experiment-'));
after(() => rmSync(projectFolder, { recursive: true, force: true }));
const tools = await findTools(PROJECT_FOLDER);
const skip =
  tools.redis.state !== 'found' || process.platform !== 'linux'
    ? 'needs Linux and redis-server: run "l1bench setup"'
    : false;
const marked = () => listMarked(runsFolderOf(projectFolder));

describe('an experiment', { skip }, () => {
  const run = (measure: ExperimentKind['measure']) => {
    const kind = { name: 'trial', description: '', measure };
    const request = { kind, runId: `trial-${process.pid}`, command: '', seed: 1, profile: 'quick' as const };
    return runExperiment(request, { projectFolder, tools } as Surroundings, () => {});
  };

  it('that fails ends its pods at once, not when their time is over', async () => {
    const trial = run(async (context) => {
      await startPod(context.run, PLAN, context.signal);
      throw new Error('another pod failed');
    });
    await assert.rejects(trial, /another pod failed/);
    const deadlineMs = performance.now() + PLAN.serveMs / 4;
    while (marked().length > 0 && performance.now() < deadlineMs) await new Promise(setImmediate);
    assert.deepEqual(marked(), []);
  });

  it('fails when the Redis that its pods talk over dies, and names it', async () => {
    const trial = run(async () => {
      for (const { pid } of marked()) process.kill(pid, 'SIGKILL');
      return new Promise(() => {});
    });
    await assert.rejects(trial, { code: 'POD_DIED', message: /^bus died \(signal SIGKILL\)/ });
  });

  it('names the pod that died, and how', async () => {
    const trial = run(async (context) => {
      const before = new Set(marked().map(({ pid }) => pid));
      const { served } = await startPod(context.run, PLAN, context.signal);
      for (const { pid } of marked()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
      await served;
      throw new Error('it served');
    });
    await assert.rejects(trial, { code: 'POD_DIED', message: 'pod-0 died (SIGKILL).' });
  });
});
