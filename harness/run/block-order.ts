/**
 * The order of the scenarios in one round: a seeded rotation, reversed in every second round (A B C, C B A, …),
 * so that a drift of the machine falls on every scenario alike.
 */
export function blockOrder(scenarios: readonly string[], round: number, seed: number): readonly string[] {
  const pair = Math.floor(round / 2);
  const shift = (((seed + pair) % scenarios.length) + scenarios.length) % scenarios.length;
  const rotated = [...scenarios.slice(shift), ...scenarios.slice(0, shift)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}
