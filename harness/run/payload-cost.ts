import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { MemoryReading } from '../../reports/schema.ts';
import { scenarioOf } from '../../scenarios/catalogue.ts';
import type { Filled, FillingPlan } from '../../scenarios/filling/filled.ts';
import type { OwnedRun } from '../journal/owned-run.ts';
import { readProcessMemory } from '../machine/process-memory.ts';
import { PROJECT_FOLDER } from '../project.ts';
import { findFreeNetwork } from '../targets/local/free-network.ts';
import { processDied } from '../targets/local/mesh-errors.ts';
import { cacheMemory } from '../targets/local/mesh-memory.ts';
import { PodCaches } from '../targets/local/pod-caches.ts';
import { startRedis } from '../targets/local/redis-server.ts';
import { RunningParts } from '../targets/local/running-parts.ts';
import { bundleProgram } from '../targets/local/service-bundle.ts';

/** In place before the first reading: what the first values bring with them is no cost of a byte more. */
const FIRST_BYTES = 16 * 2 ** 20;
const PAYLOAD_BYTES = 64 * 2 ** 20;
/** Room for all of it, whatever the overhead. */
const BUDGET_BYTES = 4 * PAYLOAD_BYTES + 4 * FIRST_BYTES;

type PayloadCost = NonNullable<MemoryReading['filled']>;

/**
 * What one byte of payload costs a scenario: one process and what holds its cache, before and after 64 MiB of keys and
 * values were loaded through the scenario's own read path, 16 MiB of others being in place. The mesh's pods hold too
 * little for their difference to show it. Null for a cache on the way to other services, preloaded or in the proxy: one
 * process alone gets no answers to keep.
 */
export async function measurePayloadCost(
  run: OwnedRun,
  redisExecutable: string,
  scenario: string,
): Promise<PayloadCost | null> {
  if (['preload', 'pod-proxy-cache'].includes(scenarioOf(scenario).needs)) return null;
  await using parts = new RunningParts();
  await using endpoints = await findFreeNetwork(`${run.runId}-fill`, 1);
  const sharedRedis = endpoints.sharedRedis;
  const redis = parts.add(
    await startRedis(run, redisExecutable, {
      name: `fill-redis-${scenario}`,
      endpoint: sharedRedis,
      maxMemoryBytes: BUDGET_BYTES,
    }),
  );
  using caches = new PodCaches({
    run,
    parts,
    redisExecutable,
    pods: [{ index: 0, name: `fill-${scenario}` }],
    budgetBytes: BUDGET_BYTES,
    endpoints,
    proxies: 'plain',
    label: 'fill',
    atOnce: 1,
  });
  await caches.bring(scenario);
  const program = await bundleProgram(
    { sources: PROJECT_FOLDER, program: join(PROJECT_FOLDER, 'scenarios', 'filling', 'main.ts') },
    join(run.folder, 'filling'),
  );
  const plan: FillingPlan = {
    scenario,
    firstBytes: FIRST_BYTES,
    payloadBytes: PAYLOAD_BYTES,
    budgetBytes: BUDGET_BYTES,
    caches: { sharedRedis, ...caches.addresses(0) },
  };
  const filler = execa(process.execPath, ['--expose-gc', program, JSON.stringify(plan)], {
    // Sockets are named as seen from there.
    cwd: run.folder,
    // As pods are started: what NODE_OPTIONS of the user says is no cost of a cache.
    extendEnv: false,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...run.env },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
    buffer: false,
    reject: false,
  });
  try {
    const lines = createInterface({ input: filler.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<{ filled: Filled; bytes: number }> => {
      const line = await lines.next();
      if (line.done === true)
        throw processDied(`The process that fills the cache of ${scenario}`, await filler);
      const filled = JSON.parse(line.value) as Filled;
      const [own, server] = [await readProcessMemory(filler.pid!), await readProcessMemory(redis.pid)];
      const cache = caches.of(scenario, 0);
      const beside = cache === null ? 0 : await cacheMemory(cache);
      return { filled, bytes: own.totalBytes + server.totalBytes + beside };
    };
    const begun = await next();
    filler.stdin.write('fill\n');
    const full = await next();
    return {
      payloadBytes: full.filled.payloadBytes,
      entries: full.filled.entries,
      emptyBytes: begun.bytes,
      fullBytes: full.bytes,
    };
  } finally {
    filler.kill('SIGKILL');
    await filler;
  }
}
