import { CLAIM_IDS, type Claim, type ClaimId } from './claim.ts';
import { deliveryClaims } from './table/delivery.ts';
import { latencyClaims } from './table/latency.ts';
import { memoryClaims } from './table/memory.ts';
import { networkClaims } from './table/network.ts';
import { warmthClaims } from './table/warmth.ts';

const ALL = [...latencyClaims, ...networkClaims, ...memoryClaims, ...warmthClaims, ...deliveryClaims];

/** Every claim of the article, in the order of docs/claims.md. */
export const CLAIMS: readonly Claim[] = CLAIM_IDS.map((id) => {
  const claim = ALL.find((one) => one.id === id);
  if (claim === undefined) throw new Error(`claim ${id} has no entry in the table`);
  return claim;
});

/** Two statements of the article that cannot both be taken at face value. */
export interface Contradiction {
  readonly claims: readonly [ClaimId, ClaimId];
  readonly line: string;
}

export const CONTRADICTIONS: readonly Contradiction[] = [
  {
    claims: ['500,000x', '1000x'],
    line: 'The headline says 500,000 times, the numbers below it 1,000 times: a factor of 500 between two sentences of one page.',
  },
  {
    claims: ['67x', 'zero-copy'],
    line: 'Library against container is "67x" in one paragraph and "a further two orders of magnitude" in the next.',
  },
  {
    claims: ['in-process', '1000x'],
    line: 'A hit costs 1.5 µs in the text and 0.002 ms (2 µs) in the table; only the second gives 1,000 times.',
  },
  {
    claims: ['100-gb', 'working-set'],
    line: '200 Redis sidecars with 500 MB each are waste (100 GB); 200 caches with the advised 128–512 MB hold 25.6–102.4 GB.',
  },
  {
    claims: ['no-stampede', 'working-set'],
    line: '"No cold-start penalty, no miss path" against "converges … within minutes of pod startup": what converges was missing before.',
  },
  {
    claims: ['cross-pod', 'working-set'],
    line: 'The fleet converges "within seconds, not minutes", the pod "within minutes".',
  },
  {
    claims: ['mesh-intact', 'transparent'],
    line: '"mTLS is still active, tracing is still collected" against "you just stopped sending requests through it": a hit passes neither.',
  },
  {
    claims: ['100-gb', 'redis-grows'],
    line: 'A sidecar that holds a known 500 MB in the one sum grows unpredictably in the other.',
  },
];
