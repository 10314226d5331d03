/**
 * Fills one scenario's cache with as many bytes of payload as it is told, so that what a cached byte costs can be
 * read off from outside. One process, its values made here: the mesh's own caches hold too little for that.
 *
 * Argument: a `FillingPlan` as JSON. Loads the first bytes, says `begun` on standard output, waits for a line on standard
 * input, loads the payload, and says `full`; each with a `Filled` as JSON on the same line. Ends when standard input ends.
 */
import { createInterface } from 'node:readline';
import type { Bytes } from 'l1-cache';
import { scenarioOf } from '../catalogue.ts';
import { cacheKey } from '../read-key.ts';
import type { ReadKey, Stamped } from '../read-path.ts';
import { DOMAINS } from '../topology/domains.ts';
import { stampedJson } from '../workload/value.ts';
import type { Filled, FillingPlan } from './filled.ts';

const plan = JSON.parse(process.argv[2]!) as FillingPlan;
/** Profiles: the domain whose values are nearest to a kibibyte. */
const domain = DOMAINS.find(({ name }) => name === 'profile')!;
/** The service that owns the values; any number would do. */
const OWNER = 1;
/** Loads under way at once. */
const AT_ONCE = 64;

let payloadBytes = 0;
let entries = 0;
await using path = await scenarioOf(plan.scenario).open({
  serviceIndex: 0,
  budgetBytes: plan.budgetBytes,
  fetchFromOrigin: async (at: ReadKey) => {
    const json = stampedJson(1, domain, at, 1, 1);
    payloadBytes += json.length + cacheKey(at.domain, at.owner, at.id).length;
    entries += 1;
    return JSON.parse(json) as Stamped;
  },
  ttlMs: () => 3_600_000,
  countRedisCommands: () => {},
  ...plan.caches,
});
await path.clear();

const say = (state: Filled['state']): void => {
  // The collection that V8 makes when memory is short: it gives pages back, as a pod near its limit would.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const filled: Filled = { state, payloadBytes, entries };
  process.stdout.write(`${JSON.stringify(filled)}\n`);
};

let nextId = 0;
// Code, connections, buffers and first tables come with the first values; a byte more does not cost them again.
await load(plan.firstBytes);
payloadBytes = 0;
entries = 0;
say('begun');
for await (const _line of createInterface({ input: process.stdin })) {
  await load(plan.payloadBytes);
  say('full');
}

async function load(bytes: Bytes): Promise<void> {
  for (; payloadBytes < bytes; nextId += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => read(nextId + offset)));
  }
}

async function read(id: number): Promise<void> {
  const key = cacheKey(domain.name, OWNER, id);
  if (path.readNow(key) === undefined) await path.read(key, { domain: domain.name, owner: OWNER, id });
}
