/** A waiting time with the given mean, without memory. */
export function exponential(mean: number, rng: () => number): number {
  return -mean * Math.log(1 - rng());
}

/** A Poisson count; by its normal approximation above 50. */
export function poisson(mean: number, rng: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = rng(); product > limit; product *= rng()) count++;
  return count;
}
