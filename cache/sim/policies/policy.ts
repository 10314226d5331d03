/** One cache under simulation: counts only, no values. Keys are small integers (see Trace). */
export interface SimulatedCache {
  /** Reads a key, filling it on a miss; true on a hit. */
  access(key: number): boolean;
}
