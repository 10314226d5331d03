import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RequestType } from '../../../scenarios/topology/topology.ts';
import { memoryFolderOf, type OwnedRun } from '../../journal/owned-run.ts';
import type { Deployment, DeployPlan } from '../target.ts';
import { localTarget } from './local-target.ts';
import { ask } from './testing/ask.ts';
import { executables, planOf, temporaryRun } from './testing/small-mesh.ts';

const { redis, envoy } = await executables();
const skip = redis === null || envoy === null ? 'needs redis-server and Envoy: run "l1bench setup"' : false;

describe('a mesh whose Envoys cache', { skip }, () => {
  let run: OwnedRun;
  let plan: DeployPlan;
  let mesh: Deployment;
  let type: RequestType;

  before(async () => {
    run = temporaryRun();
    plan = { ...planOf(run, 4, 'envoy'), scenarios: ['no-cache', 'envoy-cache'] };
    const target = localTarget({ run, redisExecutable: redis!, envoyExecutable: envoy });
    mesh = await target.deploy(plan);
    // Flags live for minutes: nothing here expires while the test runs.
    type = plan.topology.requestTypes.find(({ reads }) => reads.some(({ domain }) => domain === 'flag'))!;
  });
  after(async () => {
    await mesh?.[Symbol.asyncDispose]();
    run?.[Symbol.dispose]();
  });

  /** The same request twice, one after the other; the outcomes of its reads, counted over the mesh. */
  async function askTwice(): Promise<Readonly<Record<string, number>>> {
    await mesh.startBlock();
    const keys = type.reads.filter(({ after: chained }) => chained === null).map(() => 7);
    const { hostHeader: host, ...ingress } = mesh.ingress(type.service);
    const path = `/request/${type.index}?k=${keys.join(',')}`;
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await ask('http', { ...ingress, path, headers: { host } })).status, 200);
    }
    const counts: Record<string, number> = {};
    for (const { readsByOutcome } of await mesh.stopBlock()) {
      for (const [outcome, { count }] of Object.entries(readsByOutcome)) {
        counts[outcome] = (counts[outcome] ?? 0) + count;
      }
    }
    return counts;
  }

  const filesOf = (service: number): readonly string[] =>
    readdirSync(join(memoryFolderOf(run), `pod-${service}-answers`));

  it('answers the second time from the caller’s own proxy, and counts it as that', async () => {
    await mesh.useScenario('envoy-cache');
    const { proxy, origin } = await askTwice();
    assert.ok(proxy! > 0 && origin! > 0, JSON.stringify({ proxy, origin }));
    assert.ok(filesOf(type.service).length > 0);
  });

  it('lets no other scenario through that cache', async () => {
    await mesh.useScenario('no-cache');
    assert.deepEqual(Object.keys(await askTwice()), ['origin']);
  });

  it('counts what it keeps to the pod, apart from the proxy', async () => {
    await mesh.useScenario('envoy-cache');
    const { pods } = await mesh.memory('envoy-cache');
    const { totals, entries, chargedBytes } = pods[type.service]!;
    assert.equal(entries, filesOf(type.service).length);
    assert.ok(totals.cache >= chargedBytes && chargedBytes > 0, JSON.stringify({ totals, chargedBytes }));
  });

  it('forgets everything when told to clear, and when another scenario’s memory is read', async () => {
    await mesh.clearCaches();
    assert.deepEqual(filesOf(type.service), []);
    assert.ok((await askTwice()).origin! > 0);
    await mesh.memory('no-cache');
    assert.deepEqual(filesOf(type.service), []);
  });
});

describe('a mesh without Envoys', { skip }, () => {
  it('refuses envoy-cache with what it needs', async () => {
    using run = temporaryRun();
    const target = localTarget({ run, redisExecutable: redis!, envoyExecutable: null });
    await using mesh = await target.deploy({ ...planOf(run, 4, 'none'), scenarios: ['envoy-cache'] });
    await assert.rejects(mesh.useScenario('envoy-cache'), /needs a mesh of Envoys/);
  });
});
