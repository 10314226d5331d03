import type { Count } from '../units.ts';

const PLACES = 1 << 16;
/** Then the whole bucket is read again, which also tells the others that the entry is in use. */
const MAX_USES = 32;

/** Where an entry was found in its bucket, in one number: `slot | slots << 6`; 0 is nowhere. */
export function slotOf(place: number): number {
  return place & 63;
}

export function slotsOf(place: number): Count {
  return (place >> 6) & 63;
}

/**
 * Where this process found entries last, in 512 KiB, one place for each of 65,536 values of the hash. Only a hint:
 * who uses it checks what is there. A place and its hash lie side by side, so that a look costs one line of memory.
 */
export class Places {
  /** Pairs: hash, then `uses << 12 | slots << 6 | slot`. */
  readonly #pairs = new Uint32Array(2 * PLACES);

  note(hash: number, slot: number, slots: Count): void {
    const at = 2 * (hash & (PLACES - 1));
    this.#pairs[at] = hash;
    this.#pairs[at + 1] = slot | (slots << 6);
  }

  take(hash: number): number {
    const at = 2 * (hash & (PLACES - 1));
    const place = this.#pairs[at + 1]!;
    if (place === 0 || this.#pairs[at] !== hash || place >> 12 >= MAX_USES) return 0;
    this.#pairs[at + 1] = place + (1 << 12);
    return place & 0xfff;
  }
}
