import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { connectRedis } from '../redis-connection.ts';
import { NO_REDIS, startTestRedis } from '../test-redis.ts';
import { DOMAINS } from '../topology/domains.ts';
import type { RequestType, Topology } from '../topology/topology.ts';
import { createMutationSchedule } from '../workload/mutation.ts';
import type { EncodedHistogram } from './protocol.ts';
import { startTestMesh } from './test-mesh.ts';

const samples = (encoded: EncodedHistogram): number =>
  encoded === null ? 0 : decodeFromCompressedBase64(encoded).totalCount;

const idsFor = (type: RequestType): number[] =>
  type.reads.filter((step) => step.after === null).map((_, i) => i + 1);

function chainedType(topology: Topology): RequestType {
  return topology.requestTypes.find((type) => type.reads.some((step) => step.after !== null)) as RequestType;
}

test('a request makes its reads through the mesh, and the second time from the cache', async () => {
  await using mesh = await startTestMesh();
  const type = chainedType(mesh.topology);
  const pod = mesh.pods[type.service]!;
  await pod.useScenario('in-process-l1');
  pod.startBlock();
  const first = await mesh.request(type.index, idsFor(type));
  assert.equal(first.status, 200);
  assert.deepEqual(await first.json(), { reads: type.reads.length });
  await (await mesh.request(type.index, idsFor(type))).text();
  const block = await pod.stopBlock();
  assert.equal(block.requests, 2);
  assert.equal(block.errors, 0);
  assert.equal(block.readsByOutcome.origin?.count, type.reads.length);
  assert.equal(block.readsByOutcome.l1?.count, type.reads.length);
  assert.equal(samples(block.allReadsNs), 2 * type.reads.length);
  assert.equal(samples(block.readsOfRequestNs), 2);
  assert.equal(samples(block.l1PerReadNs), 1);
  assert.equal(block.contents.entries, type.reads.length);
});

test('without a cache every read is an origin read of the owner', async () => {
  await using mesh = await startTestMesh({ fanOut: 'sequential' });
  const type = chainedType(mesh.topology);
  for (const pod of mesh.pods) {
    await pod.useScenario('no-cache');
    pod.startBlock();
  }
  for (let i = 0; i < 3; i += 1) await (await mesh.request(type.index, idsFor(type))).text();
  const blocks = await Promise.all(mesh.pods.map((pod) => pod.stopBlock()));
  assert.equal(
    blocks.reduce((sum, block) => sum + block.originServed, 0),
    3 * type.reads.length,
  );
  assert.deepEqual(mesh.pods[type.service]!.hits(), { reads: 0, hits: 0 });
  assert.equal(blocks[type.service]?.readsByOutcome.origin?.count, 3 * type.reads.length);
});

test('in a sequential request the reads take turns, in a parallel one they overlap', async () => {
  const together: number[] = [];
  const apart: number[] = [];
  for (const fanOut of ['sequential', 'parallel'] as const) {
    await using mesh = await startTestMesh({ fanOut });
    // Reads that wait for their owner 2 ms or more, none chained: their waits add up or not.
    const type = mesh.topology.requestTypes
      .filter((candidate) => candidate.reads.every((step) => step.after === null))
      .sort((a, b) => cost(b) - cost(a))[0] as RequestType;
    const pod = mesh.pods[type.service]!;
    await pod.useScenario('no-cache');
    pod.startBlock();
    await (await mesh.request(type.index, idsFor(type))).text();
    const block = await pod.stopBlock();
    const value = (encoded: EncodedHistogram): number =>
      decodeFromCompressedBase64(encoded as string).maxValue;
    const sum = decodeFromCompressedBase64(block.allReadsNs as string);
    const ratio = value(block.readsOfRequestNs) / (sum.mean * sum.totalCount);
    (fanOut === 'sequential' ? apart : together).push(ratio);
  }
  assert.ok(apart[0]! > 0.99, `sequential: the whole is ${apart[0]} of the sum`);
  assert.ok(together[0]! < 0.9, `parallel: the whole is ${together[0]} of the sum`);
});

const cost = (type: RequestType): number =>
  type.reads.reduce((sum, step) => sum + DOMAINS.find((d) => d.name === step.domain)!.originCostMs, 0);

test('a cached value that the truth has left behind is counted as stale, with its age', async (t) => {
  await using mesh = await startTestMesh();
  const type = mesh.topology.requestTypes.find((candidate) =>
    candidate.reads.every((step) => step.after === null),
  ) as RequestType;
  const pod = mesh.pods[type.service]!;
  await pod.useScenario('in-process-l1');
  pod.startBlock();
  await (await mesh.request(type.index, idsFor(type))).text();
  assert.equal((await pod.stopBlock()).staleReads, 0);
  // Twelve weeks on, every key of every domain has changed; the cache's own clock has not moved.
  const later = Date.now() + 12 * 7 * 86_400_000;
  t.mock.method(Date, 'now', () => later);
  pod.startBlock();
  await (await mesh.request(type.index, idsFor(type))).text();
  const block = await pod.stopBlock();
  assert.equal(block.readsByOutcome.l1?.count, type.reads.length);
  assert.equal(block.staleReads, type.reads.length);
  assert.equal(samples(block.staleAgeNs), type.reads.length);
});

test('an origin answers for what it owns, stamped, dated and with its TTL; anything else is not found', async () => {
  await using mesh = await startTestMesh();
  const owner = mesh.topology.services.find((service) => service.owns.includes('flag'))!;
  const answer = await fetch(`${mesh.url(owner.index)}/data/flag/17`);
  const value = (await answer.json()) as { version: number };
  assert.equal(answer.headers.get('etag'), `"${value.version}"`);
  assert.equal(answer.headers.get('cache-control'), 'max-age=600');
  const schedule = createMutationSchedule({
    seed: 3,
    domains: DOMAINS,
    epochMs: 1_700_000_000_000,
    timeScale: 1,
  });
  const at = { domain: 'flag', owner: owner.index, id: 17 } as const;
  assert.equal(value.version, schedule.version(at, Date.now()));
  const changedMs = Date.parse(answer.headers.get('last-modified') ?? '');
  assert.ok(Math.abs(changedMs - schedule.changedAtMs(at, Date.now())) < 1000);
  for (const path of ['/data/nothing/1', '/data/flag/x', '/data/flag', '/elsewhere']) {
    const refused = await fetch(`${mesh.url(owner.index)}${path}`);
    assert.equal(refused.status, 404);
    await refused.text();
  }
});

test('a request that does not fit is refused without a read and without a crash', async () => {
  await using mesh = await startTestMesh();
  const type = mesh.topology.requestTypes[0]!;
  const pod = mesh.pods[type.service]!;
  await pod.useScenario('no-cache');
  pod.startBlock();
  const statuses = [];
  for (const path of [
    `/request/${type.index}`,
    `/request/${type.index}?k=1`,
    '/request/999?k=1',
    '/request/x',
  ]) {
    const answer = await fetch(`${mesh.url(type.service)}${path}`);
    statuses.push(answer.status);
    await answer.text();
  }
  assert.deepEqual(statuses, [400, 400, 404, 404]);
  assert.equal((await pod.stopBlock()).requests, 0);
});

test('a request before any scenario is chosen fails with the reason, and is counted', async () => {
  await using mesh = await startTestMesh();
  const type = mesh.topology.requestTypes[0]!;
  const answer = await mesh.request(type.index, idsFor(type));
  assert.equal(answer.status, 502);
  assert.match(await answer.text(), /no scenario chosen/);
  const block = await mesh.pods[type.service]!.stopBlock();
  assert.equal(block.errors, 1);
  assert.match(block.firstError ?? '', /no scenario chosen/);
});

test('switching to and fro keeps what each read path has cached', async () => {
  await using mesh = await startTestMesh();
  const type = mesh.topology.requestTypes[0]!;
  const pod = mesh.pods[type.service]!;
  for (const name of ['in-process-l1', 'no-cache', 'in-process-l1']) {
    await pod.useScenario(name);
    pod.startBlock();
    await (await mesh.request(type.index, idsFor(type))).text();
  }
  assert.equal((await pod.stopBlock()).readsByOutcome.origin, undefined);
  await pod.clear();
  assert.equal(pod.memory().contents.entries, 0);
});

test('a pause before chained reads is drawn up to 50 ms and lengthens only what follows it', async () => {
  await using mesh = await startTestMesh({}, 20);
  const type = chainedType(mesh.topology);
  const pod = mesh.pods[type.service]!;
  await pod.useScenario('in-process-l1');
  pod.startBlock();
  await (await mesh.request(type.index, idsFor(type))).text();
  await (await mesh.request(type.index, idsFor(type))).text();
  const block = await pod.stopBlock();
  const slowest = decodeFromCompressedBase64(block.readsOfRequestNs as string).minNonZeroValue;
  assert.ok(slowest > 1e6, 'even an all-hit request contains the pause');
  assert.ok(decodeFromCompressedBase64(block.readsByOutcome.l1?.latencyNs as string).mean < 1e6);
});

test('the profile that a session names is loaded ahead once the library has seen it happen', async () => {
  await using mesh = await startTestMesh({}, 20);
  const type = chainedType(mesh.topology);
  const pod = mesh.pods[type.service]!;
  await pod.useScenario('l1-prewarm');
  pod.startBlock();
  const others = idsFor(type).slice(1);
  for (let session = 0; session < 400; session += 20) {
    const batch = Array.from({ length: 20 }, (_, i) => mesh.request(type.index, [session + i, ...others]));
    for (const answer of await Promise.all(batch)) assert.equal(answer.status, 200);
  }
  const { prefetches } = await pod.stopBlock();
  assert.ok((prefetches?.fetched ?? 0) > 0, JSON.stringify(prefetches));
  assert.ok((prefetches?.timely ?? 0) + (prefetches?.late ?? 0) > 0, JSON.stringify(prefetches));
});

test('what a fleet says in the block of another scenario is not counted to that one', {
  skip: NO_REDIS,
}, async () => {
  await using redis = await startTestRedis();
  await using mesh = await startTestMesh({ sharedRedis: redis });
  const pod = mesh.pods[0]!;
  const listener = await connectRedis(redis);
  await pod.useScenario('l1-fleet');
  await pod.useScenario('no-cache');
  pod.startBlock();
  await new Promise<void>((heard) => void listener.pSubscribe('l1.*', () => heard()));
  listener.destroy();
  assert.equal((await pod.stopBlock()).redisCommands, 0);
});

test('a read path that never guesses reports no guesses', async () => {
  await using mesh = await startTestMesh();
  const pod = mesh.pods[0]!;
  await pod.useScenario('l1-passive');
  pod.startBlock();
  assert.equal((await pod.stopBlock()).prefetches, null);
});
