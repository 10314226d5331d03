const WAYS = 6;
const EMPTY = 0;
const PLACES_PER_ENTRY = 1.25;
const PLACES_PER_GHOST = 1.25;
const AGE_BITS = 3;
const AGE_MASK = (1 << AGE_BITS) - 1;
/** Half of what the age counts, so that an old departure is overwritten before it looks like a new one. */
const TICKS_OF_REACH = 4;

/**
 * Remembers keys that have left, at most the last `reach` of them: a 6-way table of 13-bit fingerprints, each with the
 * quarter of the reach in which it left. No order is kept, an entry is too old when its age says so [1].
 *
 * 2 bytes a place, 1.25 places an entry. Of the keys within reach about one in fourteen has been pushed out by others; a
 * wrong match happens once in about 2,000 look-ups.
 *
 * [1] Yang et al.: FIFO queues are all you need for cache eviction, SOSP 2023, section 4.2.
 */
export class GhostTable {
  #places = new Uint16Array(WAYS);
  #buckets = 1;
  #departuresToTick = 1;
  #perTick = 1;
  #now = 0;
  #reach = 0;

  get tableBytes(): number {
    return this.#places.byteLength;
  }

  /** Makes room for about as many ghosts as there are entries. */
  resize(entries: number): void {
    const places = placesFor(entries);
    if (places <= this.#places.length) return;
    const larger = new Uint16Array(places);
    larger.set(this.#places);
    this.#places = larger;
  }

  /** Gives back the room that so many entries do not need. */
  shrink(entries: number): void {
    const places = placesFor(entries);
    if (places >= this.#places.length) return;
    this.#useBuckets(Math.min(this.#buckets, places / WAYS));
    this.#places = this.#places.slice(0, places);
  }

  /**
   * How many departures back a key is still remembered. Hardly more places are used: in a table much longer than the
   * reach, ages would come round before what bears them is overwritten.
   */
  setReach(reach: number): void {
    this.#reach = reach;
    this.#perTick = Math.max(1, Math.ceil(reach / TICKS_OF_REACH));
    this.#departuresToTick = Math.min(this.#departuresToTick, this.#perTick);
    this.#useBuckets(
      Math.max(1, Math.min(Math.ceil((reach * PLACES_PER_GHOST) / WAYS), this.#places.length / WAYS)),
    );
  }

  // A bucket is a range of hashes, so a new division takes over what the old one held of each range.
  #useBuckets(buckets: number): void {
    if (buckets === this.#buckets) return;
    const before = this.#places.slice(0, this.#buckets * WAYS);
    this.#places.fill(EMPTY);
    for (let bucket = 0; bucket < buckets; bucket++) {
      const from = Math.floor((bucket * this.#buckets) / buckets) * WAYS;
      this.#places.set(before.subarray(from, from + WAYS), bucket * WAYS);
    }
    this.#buckets = buckets;
  }

  /** Forgets all. */
  clear(): void {
    this.#places.fill(EMPTY);
  }

  add(hash: number): void {
    if (--this.#departuresToTick === 0) {
      this.#departuresToTick = this.#perTick;
      this.#now = (this.#now + 1) & AGE_MASK;
    }
    const bucket = this.#bucketOf(hash);
    let oldest = bucket;
    let oldestAge = -1;
    for (let at = bucket; at < bucket + WAYS; at++) {
      const place = this.#places[at] as number;
      const age = place === EMPTY ? AGE_MASK + 1 : (this.#now - place) & AGE_MASK;
      if (age > oldestAge) {
        oldestAge = age;
        oldest = at;
      }
    }
    this.#places[oldest] = (fingerprint(hash) << AGE_BITS) | this.#now;
  }

  /** True when the key left lately; it is forgotten with the answer. */
  take(hash: number): boolean {
    const bucket = this.#bucketOf(hash);
    const wanted = fingerprint(hash);
    for (let at = bucket; at < bucket + WAYS; at++) {
      const place = this.#places[at] as number;
      if (place >>> AGE_BITS !== wanted) continue;
      this.#places[at] = EMPTY;
      const age = (this.#now - place) & AGE_MASK;
      return age * this.#perTick + (this.#perTick - this.#departuresToTick) <= this.#reach;
    }
    return false;
  }

  #bucketOf(hash: number): number {
    const mixed = Math.imul(hash, 0x9e3779b1) >>> 0;
    return Math.floor((mixed * this.#buckets) / 2 ** 32) * WAYS;
  }
}

function placesFor(entries: number): number {
  return Math.ceil((Math.max(WAYS, entries) * PLACES_PER_ENTRY) / WAYS) * WAYS;
}

/** Lower bits, as the bucket follows from the product's upper ones; never 0, which would read as an empty place. */
function fingerprint(hash: number): number {
  const lower = hash & 0x1fff;
  return lower === 0 ? 1 : lower;
}
