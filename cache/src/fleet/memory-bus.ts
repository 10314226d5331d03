import { ALL, type Transport, type TransportState } from './transport.ts';

/** How one message travels: calls `deliver` once, never, later or twice. */
export type Route = (from: string, to: string, bytes: number, deliver: () => void) => void;

interface Seat {
  readonly receive: (from: string, message: Uint8Array) => void;
  readonly onState: (state: TransportState) => void;
}

/** A bus inside one process, for several caches in it and for tests. Delivers in order, after the current task. */
export class MemoryBus {
  readonly #seats = new Map<string, Seat>();
  readonly #route: Route;
  #down: string | undefined;

  constructor(route: Route = (_from, _to, _bytes, deliver) => queueMicrotask(deliver)) {
    this.#route = route;
  }

  /** Stops carrying messages until called with `undefined`. */
  setDown(why: string | undefined): void {
    this.#down = why;
    for (const seat of this.#seats.values()) seat.onState(this.#state());
  }

  connect(self: string): Transport {
    return {
      self,
      send: (to, message) => {
        if (this.#down !== undefined) return;
        const copy = message.slice();
        const receivers = to === ALL ? [...this.#seats.keys()].filter((pod) => pod !== self) : [to];
        for (const receiver of receivers)
          this.#route(self, receiver, copy.length, () => this.#seats.get(receiver)?.receive(self, copy));
      },
      start: async (receive, onState) => {
        this.#seats.set(self, { receive, onState });
        onState(this.#state());
      },
      [Symbol.asyncDispose]: async () => void this.#seats.delete(self),
    };
  }

  #state(): TransportState {
    return this.#down === undefined ? { state: 'up' } : { state: 'down', why: this.#down };
  }
}
