import type { Measured, Measurements } from '../../reports/claims/measurements.ts';
import type { Settings } from '../../reports/schema.ts';
import { decodeDistribution, quantileNs } from '../../reports/statistics/distribution.ts';
import { mergeEncoded } from '../../reports/statistics/histogram.ts';
import type { PodBlock } from '../../scenarios/service/protocol.ts';
import { DOMAINS } from '../../scenarios/topology/domains.ts';
import type { Topology } from '../../scenarios/topology/topology.ts';
import type { LoadDriver } from '../load/driver.ts';
import type { Mesh, Target } from '../targets/target.ts';

const OWNERS = 5;
const RATE_PER_SECOND = 60;
const WARM_UP_MS = 2_000;
const MEASURE_MS = 5_000;

/** One caller and five owners of flags, which have no emulated wait: what is left is the call itself. */
function callsOf(reads: number): Topology {
  return {
    seed: 1,
    fanOutDistribution: 'constant',
    fanOutMean: reads,
    chainGapMs: 0,
    domains: DOMAINS.map((domain) => (domain.name === 'flag' ? { ...domain, originCostMs: 0 } : domain)),
    services: Array.from({ length: 1 + OWNERS }, (_, index) => ({
      index,
      name: `svc-0${index}`,
      layer: index === 0 ? 0 : 1,
      owns: index === 0 ? [] : ['flag' as const],
    })),
    requestTypes: [
      {
        index: 0,
        service: 0,
        weight: 1,
        reads: Array.from({ length: reads }, (_, owner) => ({
          domain: 'flag' as const,
          owner: 1 + owner,
          after: null,
        })),
      },
    ],
  };
}

/** Calls between pods of a small mesh without any cache: one call with and without sidecars, five in both orders. */
export async function measureMeshCalls(
  target: Target,
  driver: LoadDriver,
  signal: AbortSignal,
): Promise<Pick<Measurements, 'meshRoundTrip' | 'fanOutOfFive'>> {
  const measure = async (
    reads: number,
    mesh: Mesh,
    fanOut: Settings['fanOut'],
  ): Promise<readonly PodBlock[]> => {
    const topology = callsOf(reads);
    await using deployment = await target.deploy(
      {
        runId: `calls-${reads}-${mesh}-${fanOut}`,
        topology,
        seed: 1,
        fanOut,
        budgetBytes: 2 ** 20,
        epochMs: 0,
        timeScale: 1,
        mesh,
      },
      signal,
    );
    await deployment.useScenario('no-cache');
    const drive = (stream: number, durationMs: number) =>
      driver.run(
        {
          topology,
          seed: 1,
          stream,
          ratePerSecond: RATE_PER_SECOND,
          durationMs,
          workload: { kind: 'synthetic' },
        },
        deployment.ingress,
        signal,
      );
    await drive(0, WARM_UP_MS);
    await deployment.startBlock();
    await Promise.race([drive(1, MEASURE_MS), deployment.died]);
    return await deployment.stopBlock();
  };

  const one = await measure(1, 'envoy', 'parallel');
  const bare = await measure(1, 'none', 'parallel');
  const call = `calls between two pods, ${RATE_PER_SECOND}/s, no origin wait, timed in the calling pod`;
  const viaMesh = `${call}, through two Envoys with mutual TLS`;
  const five = (order: string) => `five calls by one request, ${order}, through Envoys with mutual TLS`;
  return {
    meshRoundTrip: {
      p50: quantile(one, 0.5, readNs, viaMesh),
      p90: quantile(one, 0.9, readNs, viaMesh),
      p99: quantile(one, 0.99, readNs, viaMesh),
      withoutMesh: quantile(bare, 0.5, readNs, `${call}, no sidecar`),
    },
    fanOutOfFive: {
      sequential: quantile(
        await measure(OWNERS, 'envoy', 'sequential'),
        0.5,
        requestNs,
        five('one after the other'),
      ),
      parallel: quantile(await measure(OWNERS, 'envoy', 'parallel'), 0.5, requestNs, five('all at once')),
    },
  };
}

const readNs = (pod: PodBlock) => pod.allReadsNs;
const requestNs = (pod: PodBlock) => pod.readsOfRequestNs;

function quantile(
  pods: readonly PodBlock[],
  share: number,
  of: (pod: PodBlock) => string | null,
  how: string,
): Measured {
  const distribution = decodeDistribution(mergeEncoded(pods.map(of)));
  return {
    value: quantileNs(distribution, share),
    unit: 'ns',
    n: distribution.n,
    of: 'reads',
    interval: null,
    emulated: false,
    how,
  };
}
