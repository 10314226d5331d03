/**
 * How the one request that several callers wait for ended: the answer was kept; it may not be shared; or it never
 * came (the caller who asked gave up, or the network failed), so that another has to ask.
 */
export type FlightEnd = 'kept' | 'not-shareable' | 'lost';

/** What the request of one caller tells those who wait for its answer. */
export interface FlightReport {
  /** The head of the answer has come, or a part of its body. */
  readonly heard: () => void;
  readonly end: (how: FlightEnd) => void;
}

export const NOBODY_WAITS: FlightReport = { heard: () => {}, end: () => {} };

interface Flight {
  readonly waiting: Set<FlightReport>;
  isHeard: boolean;
}

/** One request at a time for each key; who comes meanwhile waits for its end. */
export class Flights {
  readonly #open = new Map<string, Flight>();

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  /** Opens one. What is returned tells those who wait for it; of two ends the first counts. */
  open(key: string): FlightReport {
    const flight: Flight = { waiting: new Set(), isHeard: false };
    this.#open.set(key, flight);
    let isOver = false;
    return {
      heard: () => {
        flight.isHeard = true;
        for (const listener of flight.waiting) listener.heard();
      },
      end: (how) => {
        if (isOver) return;
        isOver = true;
        if (this.#open.get(key) === flight) this.#open.delete(key);
        // Each in a turn of its own: what one of them throws is not for the others, nor for the caller of this.
        for (const listener of flight.waiting)
          process.nextTick(() => {
            if (flight.waiting.has(listener)) listener.end(how);
          });
      },
    };
  }

  /** Waits for the end. The function returned stops waiting. */
  join(key: string, listener: FlightReport): () => void {
    const flight = this.#open.get(key)!;
    flight.waiting.add(listener);
    if (flight.isHeard) listener.heard();
    return () => void flight.waiting.delete(listener);
  }

  /** Nobody else is to wait for this one: somebody has in vain. */
  giveUp(key: string): void {
    this.#open.delete(key);
  }
}
