import type { Bytes, Count, Millis } from '../../units.ts';

/** A class is a quarter of an octave: sizes are kept to within 9 %. */
const CLASSES_PER_OCTAVE = 4;
const LARGEST_CLASS = 255;
/** Sizes spread by a factor of two around their middle; below that, order by reads alone keeps more. */
const WIDE_OCTAVES = 1;
/** Fills over which the spread is judged, … */
const FILLS_REMEMBERED: Count = 4096;
/** … anew each time so many more have come. */
const FILLS_A_JUDGEMENT: Count = 64;

/**
 * What each entry takes and what it cost to load, in one byte each, and whether sizes vary enough to matter. The columns
 * are made when they first matter: until then entries count as of middle size, or as free to load.
 */
export class SizeSpread {
  #capacity: Count = 0;
  #sizeClasses: Uint8Array<ArrayBuffer> | undefined;
  #costClasses: Uint8Array<ArrayBuffer> | undefined;
  /** Since the last judgement. */
  #fills: Count = 0;
  #sum = 0;
  #sumOfSquares = 0;
  #fillsJudged: Count = 0;
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
    if (costMs > 0 || this.#costClasses) this.#setCost(slot, costMs);
  }

  // From a microsecond up; a cost nobody told counts as one.
  #setCost(slot: number, costMs: Millis): void {
    const costClass = classOf(costMs * 1000);
    if (costClass > 0 && !this.#costClasses) {
      this.#costClasses = new Uint8Array(this.#capacity);
      this.#sumBytes();
    }
    if (this.#costClasses) this.#costClasses[slot] = costClass;
  }

  #learn(sizeClass: number): void {
    this.#sum += sizeClass;
    this.#sumOfSquares += sizeClass * sizeClass;
    if (++this.#fills === FILLS_A_JUDGEMENT) this.#judge();
  }

  #judge(): void {
    const mean = this.#sum / FILLS_A_JUDGEMENT;
    const variance = this.#sumOfSquares / FILLS_A_JUDGEMENT - mean * mean;
    this.#fills = this.#sum = this.#sumOfSquares = 0;
    this.#fillsJudged = Math.min(FILLS_REMEMBERED, this.#fillsJudged + FILLS_A_JUDGEMENT);
    const weight = FILLS_A_JUDGEMENT / this.#fillsJudged;
    const off = mean - this.#mean;
    this.#mean += weight * off;
    this.#variance += weight * (variance + (1 - weight) * off * off - this.#variance);
    this.isWide = this.#variance > (WIDE_OCTAVES * CLASSES_PER_OCTAVE) ** 2;
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

/** A float, of which the first two bytes are sign, exponent and four bits of the fraction. */
const float = new DataView(new ArrayBuffer(8));
const EXPONENT_OF_ONE = 1023;

/** Quarter octaves above one, rounded: the octaves of the fourth power, which are a float's exponent. */
function classOf(amount: number): number {
  if (!(amount > 1)) return 0;
  const square = amount * amount;
  float.setFloat64(0, square * square * Math.SQRT2);
  return Math.min(LARGEST_CLASS, (float.getUint16(0) >> 4) - EXPONENT_OF_ONE);
}

function resized(array: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const other = new Uint8Array(length);
  other.set(array.subarray(0, length));
  return other;
}
