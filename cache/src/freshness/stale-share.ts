import type { Millis, Ratio } from '../units.ts';
import { RATES, ratesPerMs } from './rate-grid.ts';

/** TTLs for which the sums are tabulated: sixteen a decade, from 1 ms to 37 days; between them, linear. */
const STEPS_PER_DECADE = 16;
const TTLS = 9.5 * STEPS_PER_DECADE + 1;
const ttlsMs = Float64Array.from({ length: TTLS }, (_, j) => 10 ** (j / STEPS_PER_DECADE));
/** For TTL j and rate i: expected stale time, and probability of a change. */
const staleMs = tabulate((rate, ttl) => ttl + Math.expm1(-rate * ttl) / rate);
const changed = tabulate((rate, ttl) => -Math.expm1(-rate * ttl));

function tabulate(of: (rate: number, ttlMs: Millis) => number): Float64Array {
  const table = new Float64Array(TTLS * RATES);
  for (let j = 0; j < TTLS; j++)
    for (let i = 0; i < RATES; i++) table[j * RATES + i] = of(ratesPerMs[i]!, ttlsMs[j]!);
  return table;
}

/**
 * Expected time a value fetched at 0 is out of date during [0, ttl], for changes at random times (Poisson):
 * T − (1 − e^(−λT)) / λ, averaged over the belief about λ. For λT ≪ 1 this is λT²/2.
 */
export function expectedStaleMs(probabilities: Float64Array, ttlMs: Millis): Millis {
  let stale = 0;
  for (let i = 0; i < RATES; i++)
    stale += probabilities[i]! * (ttlMs + Math.expm1(-ratesPerMs[i]! * ttlMs) / ratesPerMs[i]!);
  return stale;
}

/** Probability that the value has changed within `ageMs`. */
export function changedBy(probabilities: Float64Array, ageMs: Millis): Ratio {
  let sum = 0;
  for (let i = 0; i < RATES; i++) sum += probabilities[i]! * -Math.expm1(-ratesPerMs[i]! * ageMs);
  return sum;
}

/** The TTL at which a share `shareRatio` of the hits is stale; `limitMs` if that is reached before. */
export function ttlOfShare(probabilities: Float64Array, shareRatio: Ratio, limitMs: Millis): Millis {
  return zeroOf(limitMs, (j) => average(staleMs, j, probabilities) / ttlsMs[j]! - shareRatio);
}

/**
 * The TTL that costs least when a stale read costs `staleCost` fetches and the key is read `readsPerMs`.
 *
 * Cost per time is (1 + c·ρ·S(T)) / (T + 1/ρ): one fetch and S(T) of stale time per cycle of a TTL and the wait
 * for the next read. The minimum is where c·ρ·(S′(T)·(T + 1/ρ) − S(T)) = 1, which grows with T. For ρT ≫ 1 and
 * λT ≪ 1 it is √(2 / (c·ρ·λ)), the square-root law; the exact form also knows rarely read keys and uncertain
 * rates.
 */
export function ttlOfCost(
  probabilities: Float64Array,
  readsPerMs: number,
  staleCost: number,
  limitMs: Millis,
): Millis {
  return zeroOf(limitMs, (j) => {
    const growth = average(changed, j, probabilities) * (ttlsMs[j]! + 1 / readsPerMs);
    return staleCost * readsPerMs * (growth - average(staleMs, j, probabilities)) - 1;
  });
}

/** Mean of ln(rate), the rate in the middle of the belief on the scale the grid has. */
export function typicalRatePerMs(probabilities: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < RATES; i++) sum += probabilities[i]! * Math.log(ratesPerMs[i]!);
  return Math.exp(sum);
}

function average(table: Float64Array, j: number, probabilities: Float64Array): number {
  let sum = 0;
  for (let i = 0, at = j * RATES; i < RATES; i++, at++) sum += probabilities[i]! * table[at]!;
  return sum;
}

/** The TTL at which a function that rises over the table's TTLs crosses zero, at most the limit. */
function zeroOf(limitMs: Millis, rises: (j: number) => number): Millis {
  let low = 0;
  let high = TTLS - 1;
  if (rises(low) > 0) return ttlsMs[0]!;
  if (rises(high) <= 0) return limitMs;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (rises(middle) > 0) high = middle;
    else low = middle;
  }
  const below = rises(low);
  const share = -below / (rises(high) - below);
  return Math.min(limitMs, ttlsMs[low]! + share * (ttlsMs[high]! - ttlsMs[low]!));
}
