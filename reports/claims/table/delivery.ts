import { duration, number, percent } from '../../format.ts';
import { type Claim, claim } from '../claim.ts';
import { bounds, type Measured, ratioOf } from '../measurements.ts';

const US = 1_000;
const known = ({ value }: Measured): number => value ?? Number.NaN;

/** How a cache gets into a pod, what stays of the mesh, and what the proxy's own cache can do. */
export const deliveryClaims: readonly Claim[] = [
  claim({
    id: 'envoy-cache',
    line: 'Envoy’s HTTP cache has no partial objects, no predictive warming, and no invalidation but TTL.',
    quote:
      'no ability to cache partial objects, no predictive warming based on access patterns, and no invalidation mechanism beyond TTL',
    needs: ['envoyCache'],
    judge: ({
      envoyCache: { hitRatioOfWholeObjects, hitRatioOfParts, hitRatioOfFirstRequests, staleAfterChange },
    }) => {
      const working = known(hitRatioOfWholeObjects) > 0.5;
      const parts = known(hitRatioOfParts) < 0.01;
      const cold = known(hitRatioOfFirstRequests) < 0.01;
      const stale = known(staleAfterChange) > 0.99;
      const failed = [
        ...(working ? [] : ['the filter did not cache at all, so nothing follows']),
        ...(parts ? [] : ['it did answer parts of objects']),
        ...(cold ? [] : ['first requests were hits']),
        ...(stale ? [] : ['changes did get through before the TTL']),
      ];
      return {
        verdict: failed.length === 0 ? 'reproduced' : 'not reproduced',
        because:
          failed.length === 0
            ? `The filter answered ${percent(known(hitRatioOfWholeObjects))} of repeated GETs, none of the parts, no first request, and kept the old value until its TTL.`
            : `Against the claim: ${failed.join('; ')}.`,
        condition: null,
        values: [
          { label: 'hits, repeated whole objects', measured: hitRatioOfWholeObjects },
          { label: 'hits, parts of objects', measured: hitRatioOfParts },
          { label: 'hits, first requests', measured: hitRatioOfFirstRequests },
          { label: 'old value after a change', measured: staleAfterChange },
        ],
      };
    },
  }),
  claim({
    id: 'transparent',
    line: 'The application need not know; a hit then costs 1.5 µs.',
    quote:
      'This is transparent to both the application and the mesh. … The application code does not need to know whether data came from L1 or from the network.',
    needs: ['transparentReads'],
    judge: ({ transparentReads: { sameProgramBytes, clients } }) => {
      const fast = clients.filter(({ hit }) => bounds(hit).high <= 1.5 * US);
      const list = clients.map(({ client, hit }) => `${client} ${duration(known(hit))}`).join(', ');
      return {
        verdict: sameProgramBytes ? 'reproduced if' : 'not reproduced',
        because: `${sameProgramBytes ? 'The same program, byte for byte, with only its environment changed, is served from memory' : 'The program had to be changed'}. Hits cost: ${list}. ${fast.length === 0 ? 'None is 1.5 µs: the client’s own request and response objects cost more than the cache.' : `At 1.5 µs or less: ${fast.map(({ client }) => client).join(', ')}.`}`,
        condition: sameProgramBytes
          ? 'transparency is what counts, not 1.5 µs; that takes the library’s own synchronous call'
          : null,
        values: clients.flatMap(({ client, hit, miss }) => [
          { label: `${client}: transparent hit, p50`, measured: hit },
          {
            label: `${client}: miss ÷ hit`,
            measured: ratioOf(miss, hit, 'loopback miss ÷ transparent hit, p50'),
          },
        ]),
      };
    },
  }),
  claim({
    id: 'mesh-intact',
    line: 'mTLS, tracing and telemetry are all still there.',
    quote:
      'The Envoy sidecar is still there. mTLS is still active. Tracing is still collected. The mesh is intact.',
    needs: ['meshTelemetry'],
    judge: ({ meshTelemetry: { missesOverMutualTls, proxyRequestsPerHit, ownSpansPerHit } }) => {
      const misses = bounds(missesOverMutualTls).low >= 0.999;
      return {
        verdict: misses ? 'reproduced if' : 'not reproduced',
        because: `${percent(known(missesOverMutualTls))} of the misses went over mutual TLS. A hit makes ${number(known(proxyRequestsPerHit))} proxy requests: no policy, no mTLS identity check and no proxy span. Our own spans per hit: ${number(known(ownSpansPerHit))}.`,
        condition: misses ? 'the call is a miss; a hit needs authorisation and spans of its own' : null,
        values: [
          { label: 'misses over mutual TLS', measured: missesOverMutualTls },
          { label: 'proxy requests per hit', measured: proxyRequestsPerHit },
          { label: 'own spans per hit', measured: ownSpansPerHit },
        ],
      };
    },
  }),
  claim({
    id: 'injection',
    line: 'A mutating webhook injects it, with no change to the pipeline.',
    quote: 'A mutating webhook can automate injection … with zero changes to their deployment pipeline.',
    needs: ['clusterInjection'],
    judge: ({ clusterInjection: { cluster, podsInjected, imageUnchanged, hitRatio } }) => {
      const works = bounds(podsInjected).low >= 1 && imageUnchanged && known(hitRatio) > 0;
      return {
        verdict: works ? 'reproduced' : 'not reproduced',
        because: `On ${cluster}, ${percent(known(podsInjected))} of the labelled pods were injected, the image was ${imageUnchanged ? 'unchanged' : 'changed'}, and ${percent(known(hitRatio))} of their reads hit.`,
        condition: null,
        values: [
          { label: 'labelled pods injected', measured: podsInjected },
          { label: 'hit ratio in them', measured: hitRatio },
        ],
      };
    },
  }),
  claim({
    id: 'environment',
    line: 'The test environment: 50 services on EKS, Istio 1.22, 3 calls a request, 50,000 requests/s, ElastiCache.',
    quote:
      '50-service microservice architecture on EKS, Istio 1.22, average of 3 downstream calls per inbound request. The baseline uses a shared ElastiCache Redis cluster for caching.',
    needs: ['articleEnvironment'],
    judge: ({ articleEnvironment: e }) => {
      const differs = [
        ...(e.services === 50 ? [] : [`${e.services} services`]),
        ...(e.cluster === 'eks' ? [] : [`cluster ${e.cluster}`]),
        ...(e.istioVersion.startsWith('1.22') ? [] : [`Istio ${e.istioVersion}`]),
        ...(e.readsPerRequest === 3 ? [] : [`${number(e.readsPerRequest)} reads a request`]),
        ...(e.ratePerSecond >= 50_000 ? [] : [`${number(e.ratePerSecond)} requests/s`]),
        ...(e.elastiCache ? [] : ['Redis instead of ElastiCache']),
      ];
      return {
        verdict: differs.length === 0 ? 'reproduced' : 'not reproduced',
        because:
          differs.length === 0
            ? 'The environment stood as described.'
            : `What stood differs: ${differs.join(', ')}. Istio 1.22 is past its end of life, and the Kubernetes versions it supports can no longer be created on EKS.`,
        condition: null,
        values: [],
      };
    },
  }),
];
