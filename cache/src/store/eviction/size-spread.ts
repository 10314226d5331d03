import type { Bytes, Count, Millis } from '../../units.ts';

/** A class is a quarter of an octave: sizes are kept to within 9 %. */
const CLASSES_PER_OCTAVE = 4;
const LARGEST_CLASS = 255;
/** Sizes spread by a factor of two around their middle; below that, order by reads alone keeps more. */
const WIDE_OCTAVES = 1;
/** Fills over which the spread is judged. */
const FILLS_REMEMBERED: Count = 4096;
const FEWEST_FILLS: Count = 64;

/** What each entry takes and what it cost to load, in one byte each, and whether sizes vary enough to matter. */
export class SizeSpread {
  #sizeClasses = new Uint8Array(0);
  #costClasses = new Uint8Array(0);
  #fills: Count = 0;
  #mean = 0;
  #variance = 0;

  get tableBytes(): Bytes {
    return 2 * this.#sizeClasses.length;
  }

  get isWide(): boolean {
    return this.#fills >= FEWEST_FILLS && this.#variance > (WIDE_OCTAVES * CLASSES_PER_OCTAVE) ** 2;
  }

  grow(capacity: Count): void {
    this.#sizeClasses = lengthened(this.#sizeClasses, capacity);
    this.#costClasses = lengthened(this.#costClasses, capacity);
  }

  set(slot: number, sizeBytes: Bytes, costMs: Millis): void {
    const sizeClass = classOf(sizeBytes);
    this.#sizeClasses[slot] = sizeClass;
    // From a microsecond up; a cost nobody told counts as one.
    this.#costClasses[slot] = classOf(costMs * 1000);
    this.#fills++;
    const weight = 1 / Math.min(this.#fills, FILLS_REMEMBERED);
    const off = sizeClass - this.#mean;
    this.#mean += weight * off;
    this.#variance = (1 - weight) * (this.#variance + weight * off * off);
  }

  costPerByte(slot: number): number {
    return POWERS[
      (this.#costClasses[slot] as number) - (this.#sizeClasses[slot] as number) + LARGEST_CLASS
    ] as number;
  }
}

const POWERS = Float64Array.from(
  { length: 2 * LARGEST_CLASS + 1 },
  (_, at) => 2 ** ((at - LARGEST_CLASS) / CLASSES_PER_OCTAVE),
);

const QUARTER_STARTS = [0.5, 1.5, 2.5, 3.5].map((quarters) => 2 ** (quarters / CLASSES_PER_OCTAVE));

/** Quarter octaves above one; the quarters are cut where the logarithm would round. */
function classOf(amount: number): number {
  if (!(amount > 1)) return 0;
  if (amount >= 2 ** 30) return Math.min(LARGEST_CLASS, Math.round(CLASSES_PER_OCTAVE * Math.log2(amount)));
  const octave = 31 - Math.clz32(amount);
  const within = amount / (1 << octave);
  let quarter = 0;
  while (quarter < CLASSES_PER_OCTAVE && within >= QUARTER_STARTS[quarter]!) quarter++;
  return CLASSES_PER_OCTAVE * octave + quarter;
}

function lengthened(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(length);
  longer.set(array);
  return longer;
}
