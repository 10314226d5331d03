import type { Count } from '../units.ts';

/** Where an entry was found in its bucket. */
export interface Place {
  readonly slot: number;
  readonly slots: Count;
}

const PLACES = 1 << 16;
/** Then the whole bucket is read again, which also tells the others that the entry is in use. */
const MAX_USES = 32;

/**
 * Where this process found entries last, in 448 KiB, one place for each of 65,536 values of the hash. Only a hint:
 * who uses it checks what is there.
 */
export class Places {
  readonly #hashes = new Uint32Array(PLACES);
  readonly #where = new Uint16Array(PLACES);
  readonly #uses = new Uint8Array(PLACES);

  note(hash: number, { slot, slots }: Place): void {
    const at = hash & (PLACES - 1);
    this.#hashes[at] = hash;
    this.#where[at] = slot | (slots << 6);
    this.#uses[at] = 0;
  }

  take(hash: number): Place | undefined {
    const at = hash & (PLACES - 1);
    const where = this.#where[at]!;
    if (where === 0 || this.#hashes[at] !== hash || this.#uses[at]!++ >= MAX_USES) return undefined;
    return { slot: where & 63, slots: where >> 6 };
  }
}
