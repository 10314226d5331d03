import { seededRandom } from '../../src/random.ts';
import type { Count } from '../../src/units.ts';

/**
 * 23 characters each, as `user:profile:` keys are, in one piece, as a parser hands them over. A key put together from
 * parts stays in parts until somebody reads its characters; comparing such keys costs whichever cache reads none.
 */
export function keysOf(count: Count): string[] {
  return Array.from({ length: count }, (_, i) => inOnePiece(`user:profile:${String(i).padStart(10, '0')}`));
}

function inOnePiece(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Draws from the keys, the i-th with a weight of 1/i. */
export function zipfDraws(keys: readonly string[], draws: Count, seed: number): string[] {
  const sums = new Float64Array(keys.length);
  let sum = 0;
  for (let i = 0; i < keys.length; i++) {
    sum += 1 / (i + 1);
    sums[i] = sum;
  }
  const random = seededRandom(seed);
  return Array.from({ length: draws }, () => {
    const wanted = random() * sum;
    let low = 0;
    let high = keys.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return keys[low]!;
  });
}
