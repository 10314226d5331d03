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
    judge: ({ inProcessRead: { hit, batch, mapGet } }) => {
      const { high } = bounds(hit);
      const holds = high <= IN_PROCESS_NS;
      return {
        verdict: holds ? 'reproduced' : 'not reproduced',
        because: `The claim holds when a hit under load costs 1.5 µs or less at p50; here at most ${duration(high)}.`,
        condition: null,
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
    needs: ['inProcessRead', 'localhostRead'],
    judge: ({ inProcessRead: { hit }, localhostRead: { redisTcp, redisUnix } }) => {
      const tcp = ratioOf(redisTcp, hit, 'Redis over TCP ÷ in-process hit, p50 of the same run');
      const unix = ratioOf(redisUnix, hit, 'Redis over a Unix socket ÷ in-process hit, p50 of the same run');
      const { low, high } = bounds(tcp);
      const needed = (redisTcp.value ?? 0) / 67;
      return {
        verdict: low >= 67 ? 'reproduced' : high < 67 ? 'not reproduced' : 'reproduced if',
        because: `Redis over TCP costs ${number(tcp.value ?? Number.NaN)} times an in-process hit here, at least ${number(low)} times.`,
        condition:
          low >= 67
            ? null
            : `an in-process hit costs ${duration(needed)} or less, or localhost ${duration(67 * (hit.value ?? 0))} or more`,
        values: [
          { label: 'TCP ÷ in-process', measured: tcp },
          { label: 'Unix socket ÷ in-process', measured: unix },
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
      const oneMs = bounds(sequential).high >= 0.5 * MS && bounds(sequential).low <= 2 * MS;
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
    needs: ['copyCost', 'inProcessRead', 'localhostRead'],
    judge: ({ copyCost, inProcessRead: { hit }, localhostRead: { containerTcp } }) => {
      const gap = ratioOf(containerTcp, hit, 'l1-container over TCP ÷ in-process hit, p50');
      const fast = bounds(gap).low >= 100;
      return {
        verdict: fast ? 'reproduced if' : 'not reproduced',
        because: `A container-level read costs ${number(gap.value ?? Number.NaN)} times a library hit; two orders would be 100. A copy costs ${duration(copyCost.structuredClone.value ?? Number.NaN)}, a reference ${duration(copyCost.reference.value ?? Number.NaN)}.${copyCost.mutationReachesNextCaller ? ' What one caller changes, the next one sees.' : ''}`,
        condition: fast ? 'callers share one object by reference and treat it as frozen' : null,
        values: [
          { label: 'container ÷ library', measured: gap },
          { label: 'hit by reference', measured: copyCost.reference },
          { label: 'hit with structuredClone', measured: copyCost.structuredClone },
        ],
      };
    },
  }),
];
