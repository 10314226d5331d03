import { duration, number } from '../../format.ts';
import { type Claim, claim } from '../claim.ts';
import { bounds, ratioOf } from '../measurements.ts';

const US = 1_000;
const MS = 1_000_000;
/** The article's cost of a same-process read and of one over localhost. */
const IN_PROCESS_NS = 1.5 * US;
const LOCALHOST_NS = { low: 50 * US, high: 100 * US };

/** What one read costs, and how the places to read from compare. */
export const latencyClaims: readonly Claim[] = [
  claim({
    id: 'in-process',
    line: 'A same-process read costs 1.5 µs.',
    quote: 'same-process memory access takes 1.5 microseconds',
    needs: ['inProcessRead'],
    judge: ({ inProcessRead: { ratePerPod, hit, batch, mapGet } }) => {
      const { high } = bounds(hit);
      const holds = high <= IN_PROCESS_NS;
      const holdsInBatches = batch !== null && bounds(batch).high <= IN_PROCESS_NS;
      return {
        verdict: holds ? 'reproduced' : holdsInBatches ? 'reproduced if' : 'not reproduced',
        because: `The claim holds when a hit costs 1.5 µs or less at p50 as a request meets it; here at most ${duration(high)}, at ${number(ratePerPod)} requests a second a pod. The fewer they are, the colder the code and the processor caches.`,
        condition:
          !holds && holdsInBatches
            ? 'many hits follow one another and nothing comes between, or pods are asked much more often (docs/in-pod-measurement.md has how often)'
            : null,
        values: [
          { label: 'hit in a service under load, p50', measured: hit },
          ...(batch === null ? [] : [{ label: 'the same in batches of 128', measured: batch }]),
          ...(mapGet === null ? [] : [{ label: 'bare Map.get', measured: mapGet }]),
        ],
      };
    },
  }),
  claim({
    id: 'localhost',
    line: 'A read from a sidecar over localhost costs 100 µs (50–100 µs of IPC).',
    quote:
      'localhost TCP to a sidecar container takes 100 microseconds … localhost IPC, which adds roughly 50–100 microseconds per access',
    needs: ['localhostRead'],
    judge: ({ localhostRead: { redisTcp, redisUnix, containerTcp, containerUnix } }) => {
      const { low, high } = bounds(redisTcp);
      const inside = low >= LOCALHOST_NS.low && high <= LOCALHOST_NS.high;
      const side =
        high < LOCALHOST_NS.low ? 'cheaper' : low > LOCALHOST_NS.high ? 'dearer' : 'across the edge of it';
      return {
        verdict: inside ? 'reproduced' : 'not reproduced',
        because: inside
          ? 'Redis over loopback TCP lies within the article’s 50–100 µs at p50. The "TCP socket creation" it counts does not happen: connections are pooled.'
          : `Redis over loopback TCP is ${side} than the article’s 50–100 µs: ${duration(low)} to ${duration(high)} at p50 on this machine. Connections are pooled, no socket is created per read.`,
        condition: null,
        values: [
          { label: 'Redis over TCP, p50', measured: redisTcp },
          { label: 'Redis over a Unix socket, p50', measured: redisUnix },
          { label: 'l1-container over TCP, p50', measured: containerTcp },
          { label: 'l1-container over a Unix socket, p50', measured: containerUnix },
        ],
      };
    },
  }),
  claim({
    id: '67x',
    line: 'In-process is 67 times faster than localhost.',
    quote: 'That is a 67x difference before you cache a single byte.',
    needs: ['hitUnderLoad', 'localhostRead'],
    judge: ({ hitUnderLoad: { sidecarToLibrary }, localhostRead: { redisTcp, redisUnix, inProcess } }) => {
      const tcp = ratioOf(redisTcp, inProcess, 'Redis over TCP ÷ l1-cache, each read in a loop by itself');
      const unix = ratioOf(redisUnix, inProcess, 'Redis over a Unix socket ÷ l1-cache, in the same loops');
      const [inLoops, underLoad] = [bounds(tcp), bounds(sidecarToLibrary)];
      const always = inLoops.low >= 67 && underLoad.low >= 67;
      const never = inLoops.high < 67 && underLoad.high < 67;
      return {
        verdict: always ? 'reproduced' : never ? 'not reproduced' : 'reproduced if',
        because: `Read in a loop and nothing else, Redis over TCP costs ${number(tcp.value ?? Number.NaN)} times the library. As a request meets them under load, with cold processor caches and others' work between, a hit in a Redis sidecar costs ${number(sidecarToLibrary.value ?? Number.NaN)} times one in the library.`,
        condition: always || never ? null : conditionOf(inLoops, underLoad),
        values: [
          { label: 'in loops, TCP ÷ library', measured: tcp },
          { label: 'in loops, Unix socket ÷ library', measured: unix },
          { label: 'under load, sidecar ÷ library', measured: sidecarToLibrary },
          { label: 'library, in a loop', measured: inProcess },
        ],
      };
    },
  }),
  claim({
    id: 'ten-lookups',
    line: 'Ten lookups cost 1 ms over localhost against 0.015 ms in-process.',
    quote: 'For a request that makes 10 cache lookups, that is 1ms versus 0.015ms.',
    needs: ['tenLookups'],
    judge: ({ tenLookups: { sequential, concurrent, mget, inProcess } }) => {
      const oneMs = bounds(sequential).low >= 0.5 * MS && bounds(sequential).high <= 2 * MS;
      const cheapHits = bounds(inProcess).high <= 15 * US;
      return {
        verdict: oneMs && cheapHits ? 'reproduced if' : 'not reproduced',
        because: `One after the other ten reads take ${duration(sequential.value ?? Number.NaN)}; one MGET takes ${duration(mget.value ?? Number.NaN)}, ${number((sequential.value ?? 0) / (mget.value ?? 1))} times less. In-process: ${duration(inProcess.value ?? Number.NaN)}.`,
        condition:
          oneMs && cheapHits
            ? 'the ten lookups are made one after the other, without MGET or pipelining'
            : null,
        values: [
          { label: 'sequential GETs', measured: sequential },
          { label: 'concurrent GETs', measured: concurrent },
          { label: 'one MGET', measured: mget },
          { label: 'in-process', measured: inProcess },
        ],
      };
    },
  }),
  claim({
    id: 'zero-copy',
    line: 'Library access is zero-copy, and two orders of magnitude faster than a container.',
    quote:
      'A library-level cache … gives you zero-copy access to cached objects … the library approach is faster by a further two orders of magnitude.',
    needs: ['copyCost', 'localhostRead'],
    judge: ({ copyCost, localhostRead: { containerTcp, inProcess } }) => {
      const gap = ratioOf(
        containerTcp,
        inProcess,
        'l1-container over TCP ÷ l1-cache, each read in a loop by itself',
      );
      const fast = bounds(gap).low >= 100;
      return {
        verdict: fast ? 'reproduced if' : 'not reproduced',
        because: `In loops a container-level read costs ${number(gap.value ?? Number.NaN)} times a library hit; two orders would be 100. A copy costs ${duration(copyCost.structuredClone.value ?? Number.NaN)}, a reference ${duration(copyCost.reference.value ?? Number.NaN)}.${copyCost.mutationReachesNextCaller ? ' What one caller changes, the next one sees.' : ''}`,
        condition: fast
          ? 'both are read in a loop and nothing else, and callers share one object by reference and treat it as frozen'
          : null,
        values: [
          { label: 'container ÷ library', measured: gap },
          { label: 'hit by reference', measured: copyCost.reference },
          { label: 'hit with structuredClone', measured: copyCost.structuredClone },
        ],
      };
    },
  }),
];

/** Where 67 times is reached for certain, by the bounds of both ways to compare. */
function conditionOf(inLoops: { readonly low: number }, underLoad: { readonly low: number }): string {
  if (underLoad.low >= 67) return 'reads are compared as requests meet them under load';
  if (inLoops.low >= 67) return 'both are read in a loop and nothing else';
  return 'more rounds show it: an interval holds 67';
}
