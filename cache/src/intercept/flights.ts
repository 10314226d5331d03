/**
 * How the one request that several callers wait for ended: the answer was kept; it may not be shared; or it never
 * came (the caller who asked gave up, or the network failed), so that another has to ask.
 */
export type FlightEnd = 'kept' | 'not-shareable' | 'lost';

/** One request at a time for each key; who comes meanwhile waits for its end. */
export class Flights {
  readonly #waiting = new Map<string, Set<(end: FlightEnd) => void>>();

  isOpen(key: string): boolean {
    return this.#waiting.has(key);
  }

  open(key: string): void {
    this.#waiting.set(key, new Set());
  }

  /** Waits for the end. The function returned stops waiting. */
  join(key: string, onEnd: (end: FlightEnd) => void): () => void {
    const waiting = this.#waiting.get(key)!;
    waiting.add(onEnd);
    return () => void waiting.delete(onEnd);
  }

  /** Does nothing when the flight has ended already. */
  end(key: string, end: FlightEnd): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    for (const onEnd of waiting) onEnd(end);
  }
}
