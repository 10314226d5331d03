const WAYS = 4;
const EMPTY = 0;
const PLACES_PER_ENTRY = 1.25;
/** A quarter of what 16 bits count, so that an old number is not taken for a new one before it is overwritten. */
const TICKS_OF_REACH = 16_384;

/**
 * Remembers keys that have left, the last `reach` of them: a 4-way table of 16-bit fingerprints, each with the
 * 16-bit number of its departure. No order is kept, an entry is too old when its number says so [1].
 *
 * 4 bytes a place, 1.25 to 2.5 places an entry. A wrong match happens once in about 16,000 look-ups.
 *
 * [1] Yang et al.: FIFO queues are all you need for cache eviction, SOSP 2023, section 4.2.
 */
export class GhostTable {
  #places = new Uint32Array(WAYS);
  #buckets = 1;
  #departures = 0;
  #perTick = 1;
  #reach = 0;

  get tableBytes(): number {
    return 4 * this.#places.length;
  }

  /** Makes room for about as many ghosts as there are entries. */
  resize(entries: number): void {
    const buckets = 2 ** Math.ceil(Math.log2(Math.max(WAYS, (entries * PLACES_PER_ENTRY) / WAYS)));
    if (buckets <= this.#buckets) return;
    const grown = new Uint32Array(buckets * WAYS);
    for (let at = 0; at < grown.length; at += this.#places.length) grown.set(this.#places, at);
    this.#places = grown;
    this.#buckets = buckets;
  }

  /** How many departures back a key is still remembered. */
  setReach(reach: number): void {
    this.#reach = reach;
    const perTick = Math.max(1, Math.ceil(reach / TICKS_OF_REACH));
    if (perTick === this.#perTick) return;
    this.#departures = this.#tick() * perTick;
    this.#perTick = perTick;
  }

  add(hash: number): void {
    this.#departures++;
    const bucket = (hash & (this.#buckets - 1)) * WAYS;
    const now = this.#tick() & 0xffff;
    let oldest = bucket;
    let oldestAge = -1;
    for (let at = bucket; at < bucket + WAYS; at++) {
      const place = this.#places[at] as number;
      const age = place === EMPTY ? 0x10000 : (now - place) & 0xffff;
      if (age > oldestAge) {
        oldestAge = age;
        oldest = at;
      }
    }
    this.#places[oldest] = (fingerprint(hash) << 16) | now;
  }

  /** True when the key left lately; it is forgotten with the answer. */
  take(hash: number): boolean {
    const bucket = (hash & (this.#buckets - 1)) * WAYS;
    const wanted = fingerprint(hash);
    const now = this.#tick() & 0xffff;
    for (let at = bucket; at < bucket + WAYS; at++) {
      const place = this.#places[at] as number;
      if (place === EMPTY || place >>> 16 !== wanted) continue;
      this.#places[at] = EMPTY;
      return ((now - place) & 0xffff) * this.#perTick <= this.#reach;
    }
    return false;
  }

  #tick(): number {
    return Math.floor(this.#departures / this.#perTick);
  }
}

/** Upper bits, so that it does not repeat the bucket's; never 0, which would read as an empty place. */
function fingerprint(hash: number): number {
  return ((Math.imul(hash, 0x9e3779b1) >>> 16) | 1) & 0xffff;
}
