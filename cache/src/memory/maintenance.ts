import type { Store } from '../store/store.ts';
import type { Bytes, Millis } from '../units.ts';
import type { ContainerMemory } from './container-memory.ts';
import { PressureFollower } from './pressure.ts';

/** Memory pressure is answered within a second, see pressure.ts; expired entries are freed in small parts. */
const BEAT_MS: Millis = 200;

/** What the cache does between requests. Holds the cache so loosely that a forgotten one can be collected. */
export class Maintenance<V = unknown> {
  /** The budget while memory is plentiful. */
  configuredBytes: Bytes;
  readonly #store: Store<V>;
  readonly #maxAgeMsOf: (key: string) => Millis;
  readonly #timer: NodeJS.Timeout;
  #pressure: PressureFollower | undefined;

  constructor(store: Store<V>, maxAgeMsOf: (key: string) => Millis) {
    this.#store = store;
    this.#maxAgeMsOf = maxAgeMsOf;
    this.configuredBytes = store.budget.budgetBytes;
    const loosely = new WeakRef(this);
    const timer = setInterval(() => {
      const maintenance = loosely.deref();
      if (maintenance) maintenance.beat();
      else clearInterval(timer);
    }, BEAT_MS).unref();
    this.#timer = timer;
  }

  followPressure(memory: ContainerMemory): void {
    this.#pressure = new PressureFollower(memory);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  beat(): void {
    this.#store.maintain(this.#maxAgeMsOf);
    if (!this.#pressure) return;
    const { budgetBytes, chargedBytes } = this.#store.budget;
    const next = this.#pressure.nextBudget(this.configuredBytes, budgetBytes, chargedBytes);
    if (next !== budgetBytes) this.#store.setBudget(next);
  }
}
