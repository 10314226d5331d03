import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MemoryReading } from '../../reports/schema.ts';
import { buildTopology } from '../../scenarios/topology/build.ts';
import type { LoadDriver, LoadResult } from '../load/driver.ts';
import type { Deployment } from '../targets/target.ts';
import { measure } from './measure.ts';
import { PROFILES } from './profile.ts';
import { RunLog } from './run-log.ts';

test('a memory reading says that requests of the load before it failed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'l1bench-measure-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const log = new RunLog(folder, 'begins');
  const load = { scheduled: 300, errors: 40, unsent: 0, firstError: 'HTTP 503' } as LoadResult;
  await measure(
    {
      scenarios: ['shared-redis'],
      topology: buildTopology({ services: 4, seed: 1, fanOutMean: 3, fanOutDistribution: 'constant' }),
      seed: 1,
      profile: { ...PROFILES.quick, rounds: 0 },
      workload: { kind: 'synthetic' },
    },
    {
      deployment: {
        restartPods: async () => {},
        clearCaches: async () => {},
        memory: async (scenario) => ({ scenario, pods: [], shared: [] }) as unknown as MemoryReading,
        launch: () => null as never,
        died: new Promise<never>(() => {}),
      } as Partial<Deployment> as Deployment,
      driver: { run: async () => load } as Partial<LoadDriver> as LoadDriver,
      log,
      progress: { phase: () => {}, done: () => {} },
      signal: new AbortController().signal,
      nowMs: Date.now,
      payloadCost: async () => null,
    },
  );
  assert.deepEqual(log.measured.memory[0]?.brokenRules, [
    { rule: 'failed-requests', detail: '40 of 300 requests failed: HTTP 503' },
  ]);
});
