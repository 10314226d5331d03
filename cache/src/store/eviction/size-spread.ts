import type { Bytes, Count, Millis } from '../../units.ts';

/** A class is a quarter of an octave: sizes are kept to within 9 %. */
const CLASSES_PER_OCTAVE = 4;
const LARGEST_CLASS = 255;
/** Sizes spread by a factor of two around their middle; below that, order by reads alone keeps more. */
const WIDE_OCTAVES = 1;
/** Fills over which the spread is judged. */
const FILLS_REMEMBERED: Count = 4096;
const FEWEST_FILLS: Count = 64;

/**
 * What each entry takes and what it cost to load, in one byte each, and whether sizes vary enough to matter. The columns
 * are made when they first matter: until then entries count as of middle size, or as free to load.
 */
export class SizeSpread {
  #capacity: Count = 0;
  #sizeClasses: Uint8Array<ArrayBuffer> | undefined;
  #costClasses: Uint8Array<ArrayBuffer> | undefined;
  #fills: Count = 0;
  #mean = 0;
  #variance = 0;
  isWide = false;
  tableBytes: Bytes = 0;

  resize(capacity: Count): void {
    this.#capacity = capacity;
    if (this.#sizeClasses) this.#sizeClasses = resized(this.#sizeClasses, capacity);
    if (this.#costClasses) this.#costClasses = resized(this.#costClasses, capacity);
    this.#sumBytes();
  }

  set(slot: number, sizeBytes: Bytes, costMs: Millis): void {
    const sizeClass = classOf(sizeBytes);
    this.#learn(sizeClass);
    if (this.#sizeClasses) this.#sizeClasses[slot] = sizeClass;
    // From a microsecond up; a cost nobody told counts as one.
    const costClass = classOf(costMs * 1000);
    if (costClass > 0 && !this.#costClasses) {
      this.#costClasses = new Uint8Array(this.#capacity);
      this.#sumBytes();
    }
    if (this.#costClasses) this.#costClasses[slot] = costClass;
  }

  #learn(sizeClass: number): void {
    const weight = this.#fills < FILLS_REMEMBERED ? 1 / ++this.#fills : 1 / FILLS_REMEMBERED;
    const off = sizeClass - this.#mean;
    this.#mean += weight * off;
    this.#variance = (1 - weight) * (this.#variance + weight * off * off);
    this.isWide = this.#fills >= FEWEST_FILLS && this.#variance > (WIDE_OCTAVES * CLASSES_PER_OCTAVE) ** 2;
    if (!this.isWide || this.#sizeClasses) return;
    this.#sizeClasses = new Uint8Array(this.#capacity).fill(Math.round(this.#mean));
    this.#sumBytes();
  }

  #sumBytes(): void {
    const columns = (this.#sizeClasses ? 1 : 0) + (this.#costClasses ? 1 : 0);
    this.tableBytes = columns * this.#capacity;
  }

  costPerByte(slot: number): number {
    return POWERS[
      (this.#costClasses?.[slot] ?? 0) - (this.#sizeClasses?.[slot] ?? 0) + LARGEST_CLASS
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

function resized(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const other = new Uint8Array(length);
  other.set(array.subarray(0, length));
  return other;
}
