import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { platform } from 'node:process';
import { after, before, describe, it } from 'node:test';
import { createClient } from 'redis';
import { BenchError } from '../../errors.ts';
import { listMarked } from '../../journal/marked-processes.ts';
import { type OwnedRun, readJournal } from '../../journal/owned-run.ts';
import { kill } from '../../journal/process-identity.ts';
import type { Deployment } from '../target.ts';
import { ask } from './testing/ask.ts';
import { deployStubs, executables, temporaryRun } from './testing/small-mesh.ts';
import { accepts } from './wait-until.ts';

const { redis } = await executables();
const skip = redis === null ? 'needs redis-server: run "l1bench setup"' : false;
const SERVICES = 4;

describe('a local mesh without proxies', { skip }, () => {
  let run: OwnedRun;
  let mesh: Deployment;

  before(async () => {
    run = temporaryRun();
    mesh = await deployStubs(run, { redis: redis!, envoy: null }, SERVICES);
  });
  after(async () => {
    await mesh?.[Symbol.asyncDispose]();
    run?.[Symbol.dispose]();
  });

  const running = (name: RegExp): number =>
    readJournal(run.folder).filter(
      (entry) =>
        entry.kind === 'started' &&
        name.test(entry.name) &&
        listMarked(dirname(run.folder)).some(({ pid }) => pid === entry.process.pid),
    ).length;

  it('answers every service at its own ingress', async () => {
    for (let service = 0; service < SERVICES; service++) {
      const { host, port } = mesh.ingress(service);
      const { text } = await ask('http', { host, port, path: '/data/flag/1' });
      assert.equal(JSON.parse(text).from, `svc-0${service}`);
    }
  });

  it('adds up what the pods counted', async () => {
    assert.deepEqual(await mesh.hits(), { reads: 2 * SERVICES, hits: SERVICES });
  });

  it('runs a Redis in every pod only from the scenario that needs it to the memory of one that does not', async () => {
    assert.equal(running(/^svc-.*-redis$/), 0);
    await mesh.useScenario('redis-sidecar');
    assert.equal(running(/^svc-.*-redis$/), SERVICES);
    const withRedis = await mesh.memory('redis-sidecar');
    assert.ok(withRedis.pods.every((pod) => pod.totals.redis > 0));
    await mesh.useScenario('no-cache');
    const without = await mesh.memory('no-cache');
    assert.ok(without.pods.every((pod) => pod.totals.redis === 0));
    assert.equal(running(/^svc-.*-redis$/), 0);
  });

  it('counts the CPU time of the servers that the scenario uses, not of those that stand idle', async () => {
    await mesh.useScenario('redis-sidecar');
    const { sidecarRedis } = JSON.parse(readFileSync(join(run.folder, 'svc-01.json'), 'utf8'));
    const client = createClient({ socket: { host: sidecarRedis.host, port: sidecarRedis.port } });
    await client.connect();
    // The kernel counts in steps of 10 ms.
    await client.eval('for i = 1, 2e7 do end return 1');
    client.destroy();
    assert.ok((await mesh.cpu()).redisUs! > 0);
    await mesh.useScenario('no-cache');
    assert.equal(running(/^svc-.*-redis$/), SERVICES);
    assert.equal((await mesh.cpu()).redisUs, 0);
    await mesh.memory('no-cache');
  });

  it('runs a cache container in every pod, counted apart, until the memory of a scenario without it is read', async () => {
    await mesh.useScenario('l1-container');
    assert.equal(running(/-l1-container$/), SERVICES);
    const { pods } = await mesh.memory('l1-container');
    for (const { lines, totals } of pods) {
      const sum = lines.filter(({ part }) => part === 'cache').reduce((all, { bytes }) => all + bytes, 0);
      assert.ok(totals.cache > 0 && Math.abs(sum / totals.cache - 1) <= 0.02, `${sum} of ${totals.cache}`);
    }
    await mesh.memory('no-cache');
    assert.equal(running(/-l1-container$/), 0);
  });

  it('prepares a file in memory for every pod, counted apart, and removes it again', async () => {
    await mesh.useScenario('l1-shared-memory');
    const { sharedMemoryFile } = JSON.parse(readFileSync(join(run.folder, 'svc-01.json'), 'utf8'));
    assert.equal(existsSync(sharedMemoryFile), true);
    const { pods } = await mesh.memory('l1-shared-memory');
    assert.ok(pods.every(({ totals }) => totals.cache > 0));
    await mesh.memory('no-cache');
    assert.equal(existsSync(sharedMemoryFile), false);
  });

  it('opens the Redis of a pod on a Unix socket too, where the pod looks for it', async () => {
    await mesh.useScenario('redis-sidecar-unix');
    const { sidecarRedis } = JSON.parse(readFileSync(join(run.folder, 'svc-02.json'), 'utf8'));
    const client = createClient({ socket: { path: join(run.folder, sidecarRedis.unixSocket), tls: false } });
    client.on('error', () => {});
    await client.connect();
    assert.equal(await client.configGet('port').then(({ port }) => port), String(sidecarRedis.port));
    client.destroy();
  });

  it('gives balance sheets whose lines add up to what the kernel says, within 2 %', async () => {
    await mesh.useScenario('redis-sidecar');
    const { pods } = await mesh.memory('redis-sidecar');
    for (const pod of pods) {
      for (const part of ['application', 'redis'] as const) {
        const lines = pod.lines.filter((line) => line.part === part);
        const sum = lines.reduce((total, line) => total + line.bytes, 0);
        assert.ok(Math.abs(sum / pod.totals[part] - 1) <= 0.02, `${part} of pod ${pod.service}`);
      }
    }
  });

  it('lists the shared Redis only for the scenario that keeps its data there', async () => {
    await mesh.useScenario('shared-redis');
    const { shared } = await mesh.memory('shared-redis');
    assert.deepEqual(
      shared.map(({ name, entries }) => ({ name, entries })),
      [{ name: 'shared-redis', entries: 0 }],
    );
    assert.deepEqual((await mesh.memory('no-cache')).shared, []);
  });

  it('replaces the applications by fresh ones that know the scenario', async () => {
    const [before] = await mesh.stopBlock();
    await mesh.restartPods();
    const [fresh] = await mesh.stopBlock();
    assert.deepEqual(fresh, before);
    assert.equal(running(/^svc-\d+$/), SERVICES);
  });
});

/** What the kernel says a process was started with. */
function commandLineOf(run: OwnedRun, name: string): string {
  const entry = readJournal(run.folder).findLast((one) => one.kind === 'started' && one.name === name);
  assert.ok(entry?.kind === 'started');
  return readFileSync(`/proc/${entry.process.pid}/cmdline`, 'utf8');
}

describe('transparent reads', { skip }, () => {
  it('start the program of no-cache, byte for byte and with its arguments; only the environment has more', async () => {
    using run = temporaryRun();
    await using mesh = await deployStubs(run, { redis: redis!, envoy: null }, SERVICES);
    await mesh.restartPods([0], 'no-cache');
    const plain = mesh.launch(0);
    const plainCommand = platform === 'linux' ? commandLineOf(run, 'svc-00') : '';
    await mesh.restartPods([0], 'l1-transparent');
    const { environment, ...preloaded } = mesh.launch(0);
    assert.deepEqual({ ...preloaded, environment: plain.environment }, plain);
    assert.deepEqual(
      environment.filter((name) => !plain.environment.includes(name)),
      ['L1_BUDGET_BYTES', 'L1_CONFIG', 'L1_MODE', 'L1_POD', 'L1_SHARE_DIR', 'NODE_OPTIONS'],
    );
    if (platform === 'linux') assert.equal(commandLineOf(run, 'svc-00'), plainCommand);
    const folder = join(run.folder, 'program');
    const bytes = readdirSync(folder)
      .sort()
      .map((name) => Buffer.concat([Buffer.from(`${name}\0`), readFileSync(join(folder, name))]));
    assert.equal(createHash('sha256').update(Buffer.concat(bytes)).digest('hex'), plain.programSha256);
  });
});

describe('a local mesh that fails', { skip }, () => {
  it('says which service died and how its log ends', async () => {
    using run = temporaryRun();
    await using mesh = await deployStubs(run, { redis: redis!, envoy: null }, SERVICES);
    const victim = readJournal(run.folder).find(
      (entry) => entry.kind === 'started' && entry.name === 'svc-02',
    );
    assert.ok(victim?.kind === 'started');
    kill(victim.process, 'SIGKILL');
    await assert.rejects(mesh.died, (error) => {
      assert.ok(error instanceof BenchError);
      assert.equal(error.code, 'POD_DIED');
      assert.match(error.message, /^svc-02 died \(signal SIGKILL\)/);
      assert.match(error.message, /stub serves/);
      return true;
    });
  });

  it('leaves no process and no open port when it is disposed', async () => {
    using run = temporaryRun();
    const mesh = await deployStubs(run, { redis: redis!, envoy: null }, SERVICES);
    const { host, port } = mesh.ingress(0);
    assert.equal(await accepts({ host, port }), true);
    await mesh[Symbol.asyncDispose]();
    assert.equal(await accepts({ host, port }), false);
    assert.deepEqual(listMarked(dirname(run.folder)), []);
  });

  it('leaves nothing when a part does not start', async () => {
    using run = temporaryRun();
    await assert.rejects(
      deployStubs(run, { redis: redis!, envoy: '/bin/false' }, SERVICES),
      /svc-0\d-envoy died \(exit code 1\)/,
    );
    assert.deepEqual(listMarked(dirname(run.folder)), []);
  });
});
