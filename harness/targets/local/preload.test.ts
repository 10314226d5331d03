import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needsPreload, preloadEnv } from './preload.ts';
import { temporaryRun } from './testing/small-mesh.ts';

test('only l1-transparent takes the preload', () => {
  assert.equal(needsPreload(['no-cache', 'shared-redis', 'in-process-l1', 'l1-container']), false);
  assert.equal(needsPreload(['no-cache', 'l1-transparent']), true);
});

test('a preloaded pod gets variables of its environment and nothing else', async () => {
  using run = temporaryRun();
  const env = (await preloadEnv(run, { runId: 'r', budgetBytes: 1_024 }))(3);
  assert.deepEqual(Object.keys(env).sort(), [
    'L1_BUDGET_BYTES',
    'L1_CONFIG',
    'L1_MODE',
    'L1_POD',
    'L1_SHARE_DIR',
    'NODE_OPTIONS',
  ]);
  assert.ok(existsSync(fileURLToPath(env.NODE_OPTIONS!.replace('--import ', ''))));
});
