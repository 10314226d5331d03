import type { Count, Millis } from '../units.ts';
import type { TransportState } from './transport.ts';

/** Whether the pod hears from others. Alone it serves as before, by its own TTLs and its own predictions. */
export type FleetState =
  | { readonly state: 'together'; readonly members: Count }
  | { readonly state: 'alone'; readonly why: string; readonly sinceMs: Millis };

/** Without a word from anyone for so long the pod holds itself for alone. */
const SILENCE_MS = 15_000;

/** Knows whether the pod is together with others or alone, why, and since when. */
export class Togetherness {
  readonly #now: () => Millis;
  readonly #listeners = new Set<(state: FleetState) => void>();
  #bus: TransportState = { state: 'down', why: 'not started' };
  #members: Count;
  #heardMs: Millis;
  #state: FleetState;

  constructor(members: Count, now: () => Millis) {
    this.#now = now;
    this.#members = members;
    this.#heardMs = now();
    this.#state = { state: 'alone', why: 'not started', sinceMs: now() };
  }

  get state(): FleetState {
    return this.#state;
  }

  onState(listener: (state: FleetState) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  onBus(state: TransportState): void {
    this.#bus = state;
    if (state.state === 'up') this.#heardMs = this.#now();
    this.update();
  }

  onMembers(members: Count): void {
    this.#members = members;
    this.update();
  }

  /** A member was heard. */
  onHeard(): void {
    this.#heardMs = this.#now();
    if (this.#state.state === 'alone') this.update();
  }

  /** When silence would have lasted too long. */
  get dueMs(): Millis {
    return this.#state.state === 'together' ? this.#heardMs + SILENCE_MS : Number.POSITIVE_INFINITY;
  }

  /** Notices silence; to be called now and then. */
  update(): void {
    const why = this.#aloneBecause();
    const was = this.#state;
    if (why === undefined) {
      if (was.state === 'together' && was.members === this.#members) return;
      this.#state = { state: 'together', members: this.#members };
    } else {
      if (was.state === 'alone' && was.why === why) return;
      this.#state = { state: 'alone', why, sinceMs: this.#now() };
    }
    for (const listener of this.#listeners) listener(this.#state);
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
  }

  #aloneBecause(): string | undefined {
    if (this.#bus.state === 'down') return this.#bus.why;
    if (this.#members < 2) return 'no other member';
    if (this.#now() - this.#heardMs > SILENCE_MS) return `nothing heard for ${SILENCE_MS / 1000} s`;
    return undefined;
  }
}
