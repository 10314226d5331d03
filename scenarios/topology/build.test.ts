import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputError } from '../input-error.ts';
import { buildTopology, type TopologyOptions } from './build.ts';
import { DOMAINS } from './domains.ts';
import type { Topology } from './topology.ts';

const DEFAULTS: TopologyOptions = { services: 50, seed: 1, fanOutMean: 3, fanOutDistribution: 'poisson' };
const distribution = fc.constantFrom('constant', 'poisson', 'power-law');

function meanReads(topology: Topology): number {
  const weight = topology.requestTypes.reduce((sum, type) => sum + type.weight, 0);
  const reads = topology.requestTypes.reduce((sum, type) => sum + type.weight * type.reads.length, 0);
  return reads / weight;
}

test('the same options give the same bytes, another seed another mesh', () => {
  const bytes = (options: TopologyOptions): string => JSON.stringify(buildTopology(options));
  assert.equal(bytes(DEFAULTS), bytes(DEFAULTS));
  assert.notEqual(bytes(DEFAULTS), bytes({ ...DEFAULTS, seed: 2 }));
});

test('the mean number of reads over the mix is exactly 3 for every seed and distribution', () => {
  fc.assert(
    fc.property(fc.integer(), distribution, (seed, fanOutDistribution) => {
      assert.equal(meanReads(buildTopology({ ...DEFAULTS, seed, fanOutDistribution })), 3);
    }),
    { numRuns: 1000 },
  );
});

test('a mean with decimals and a mesh of another size are met exactly too, or refused', () => {
  const sizes = fc.integer({ min: 2, max: 120 });
  const hundredths = fc.integer({ min: 100, max: 800 });
  let refused = 0;
  fc.assert(
    fc.property(fc.integer(), sizes, hundredths, distribution, (seed, services, mean, fanOutDistribution) => {
      const options = { seed, services, fanOutMean: mean / 100, fanOutDistribution };
      try {
        assert.equal(meanReads(buildTopology(options)), mean / 100);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused += 1;
      }
    }),
    // Seeded: the share of refusals varies from draw to draw, and a bound on it would fail now and then.
    { numRuns: 300, seed: 1 },
  );
  assert.ok(refused <= 30, `${refused} of 300 refused`);
});

test('reads go only to owners in deeper layers, and every service below the edge owns data', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 80 }), (seed, services) => {
      const topology = buildTopology({ ...DEFAULTS, seed, services, fanOutDistribution: 'constant' });
      for (const type of topology.requestTypes) {
        for (const step of type.reads) {
          const owner = topology.services[step.owner];
          assert.ok(owner && owner.layer > (topology.services[type.service]?.layer as number));
          assert.ok(owner.owns.includes(step.domain));
        }
      }
      for (const service of topology.services) assert.equal(service.owns.length > 0, service.layer > 0);
      assert.deepEqual(new Set(topology.services.flatMap((s) => s.owns)).size, DOMAINS.length);
    }),
    { numRuns: 100 },
  );
});

test('a profile is read only after the session that names it, and such chains exist', () => {
  const { requestTypes } = buildTopology(DEFAULTS);
  const profiles = requestTypes.flatMap((type) =>
    type.reads.filter((step) => step.domain === 'profile').map((step) => type.reads[step.after as number]),
  );
  assert.ok(profiles.length > 10);
  for (const parent of profiles) assert.equal(parent?.domain, 'session');
});

test('a few hot fronts take most of the traffic', () => {
  const topology = buildTopology(DEFAULTS);
  const total = topology.requestTypes.reduce((sum, type) => sum + type.weight, 0);
  const fronts = topology.requestTypes.filter((type) => topology.services[type.service]?.layer === 0);
  assert.ok(fronts.reduce((sum, type) => sum + type.weight, 0) / total > 0.6);
});

test('numbers out of range are refused with the value and the limit', () => {
  const cases: Partial<TopologyOptions>[] = [
    { services: 1 },
    { services: 2.5 },
    { fanOutMean: 0.5 },
    { fanOutMean: Math.PI },
    { fanOutMean: 30 },
    { chainGapMs: 51 },
    { seed: 0.1 },
  ];
  for (const wrong of cases) {
    assert.throws(() => buildTopology({ ...DEFAULTS, ...wrong }), { code: 'TOPOLOGY_IMPOSSIBLE' });
  }
});
