import { InputError } from '../input-error.ts';
import type { FanOutDistribution, Rng } from './topology.ts';

/** Most reads one request may make; a power law is cut here. */
const MAX_FAN_OUT = 24;

/** Parts of 1 that a mean may be given in: 3, 2.5 and 3.14 are exact, π is not. */
const MEAN_STEPS = 100;

/** A mesh of few services has few types: some draws cannot be mended, the next often can. */
const ATTEMPTS = 100;

/** Exponent of the power law, near the heavy tails published for the call graphs of large shops. */
const POWER_LAW_EXPONENT = 2.3;

export interface Mix {
  /** Reads of each request type, 1 … MAX_FAN_OUT. */
  readonly fanOuts: readonly number[];
  /** Weight of each request type, at least 1. */
  readonly weights: readonly number[];
}

/**
 * Draws the number of reads of every request type so that the mean over the mix is exactly `mean`.
 *
 * 1. Draw each count from the distribution (constant: the mean rounded either way; Poisson: 1 + Poisson(mean − 1),
 *    since a request without a read measures nothing; power law: P(k) ∝ k^−2.3, cut at MAX_FAN_OUT).
 * 2. Walk the types, heaviest first, and move counts towards the mean while a step brings the sum nearer to it.
 * 3. The rest is smaller than the lightest type's weight: shift single units of weight between two types whose
 *    counts differ by one, which changes the sum by exactly one each.
 *
 * @throws {InputError} `TOPOLOGY_IMPOSSIBLE` when no such mix exists.
 */
export function drawFanOuts(
  zipfWeights: readonly number[],
  mean: number,
  distribution: FanOutDistribution,
  rng: Rng,
): Mix {
  const steps = Math.round(mean * MEAN_STEPS);
  if (!(mean >= 1 && mean <= MAX_FAN_OUT) || Math.abs(steps / MEAN_STEPS - mean) > 1e-9) {
    throw new InputError(
      'TOPOLOGY_IMPOSSIBLE',
      `mean fan-out ${mean} is not between 1 and ${MAX_FAN_OUT} with at most two decimals`,
      'ask for a mean such as 3 or 2.5',
    );
  }
  const weights = withTotalDivisibleBy(zipfWeights, MEAN_STEPS);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const mix = drawOnce(weights, steps, mean, distribution, rng);
    if (mix !== null) return mix;
  }
  throw new InputError(
    'TOPOLOGY_IMPOSSIBLE',
    `no mix of ${weights.length} request types found with a mean fan-out of exactly ${mean} in ${ATTEMPTS} draws`,
    'ask for more services, another mean or another seed',
  );
}

function drawOnce(
  zipfWeights: readonly number[],
  steps: number,
  mean: number,
  distribution: FanOutDistribution,
  rng: Rng,
): Mix | null {
  const weights = [...zipfWeights];
  const wanted = (weights.reduce((sum, weight) => sum + weight, 0) / MEAN_STEPS) * steps;
  const fanOuts = weights.map(() => draw(distribution, mean, rng));
  const drawn = weights.reduce((sum, weight, i) => sum + weight * (fanOuts[i] as number), 0);
  const missing = stepCounts(fanOuts, weights, wanted - drawn);
  return shiftWeights(fanOuts, weights, missing) === 0 ? { fanOuts, weights } : null;
}

/** The heaviest type takes the few units that make the total divisible. */
function withTotalDivisibleBy(weights: readonly number[], divisor: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const result = [...weights];
  result[0] = (result[0] as number) + ((divisor - (total % divisor)) % divisor);
  return result;
}

function draw(distribution: FanOutDistribution, mean: number, rng: Rng): number {
  switch (distribution) {
    case 'constant':
      return Math.floor(mean) + (rng() < mean - Math.floor(mean) ? 1 : 0);
    case 'poisson':
      return Math.min(MAX_FAN_OUT, 1 + poisson(mean - 1, rng));
    case 'power-law':
      return powerLaw(mean, rng);
  }
}

/** Poisson by multiplication of uniforms (Knuth, TAOCP 2, 3.4.1). */
function poisson(mean: number, rng: Rng): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = rng(); product > limit; product *= rng()) count += 1;
  return count;
}

/** A continuous Pareto draw, stretched to the asked mean, rounded and cut. */
function powerLaw(mean: number, rng: Rng): number {
  const scale = (mean * (POWER_LAW_EXPONENT - 2)) / (POWER_LAW_EXPONENT - 1);
  const draw = scale * (1 - rng()) ** (-1 / (POWER_LAW_EXPONENT - 1));
  return Math.max(1, Math.min(MAX_FAN_OUT, Math.round(draw)));
}

/** Changes counts, by as little as possible each, until no step brings `missing` nearer to zero. */
function stepCounts(fanOuts: number[], weights: readonly number[], missing: number): number {
  let left = missing;
  const heaviestFirst = weights
    .map((_, i) => i)
    .sort((a, b) => (weights[b] as number) - (weights[a] as number));
  for (let moved = true; moved; ) {
    moved = false;
    for (const i of heaviestFirst) {
      const weight = weights[i] as number;
      const step = Math.sign(left);
      const next = (fanOuts[i] as number) + step;
      if (step === 0 || next < 1 || next > MAX_FAN_OUT) continue;
      if (Math.abs(left - step * weight) < Math.abs(left)) {
        fanOuts[i] = next;
        left -= step * weight;
        moved = true;
      }
    }
  }
  return left;
}

/** Moves single units of weight between the heaviest types that differ by one read. */
function shiftWeights(fanOuts: readonly number[], weights: number[], missing: number): number {
  let left = missing;
  while (left !== 0) {
    const step = Math.sign(left);
    const pair = pairDifferingBy(step, fanOuts, weights);
    if (pair === null) return left;
    weights[pair.from] = (weights[pair.from] as number) - 1;
    weights[pair.to] = (weights[pair.to] as number) + 1;
    left -= step;
  }
  return 0;
}

function pairDifferingBy(
  step: number,
  fanOuts: readonly number[],
  weights: readonly number[],
): { from: number; to: number } | null {
  for (let from = 0; from < fanOuts.length; from += 1) {
    if ((weights[from] as number) < 2) continue;
    const to = fanOuts.indexOf((fanOuts[from] as number) + step);
    if (to >= 0) return { from, to };
  }
  return null;
}
