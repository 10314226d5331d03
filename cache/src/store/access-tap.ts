import type { AccessListener, AccessRecord } from '../access.ts';
import type { Clock } from '../clock.ts';
import type { Count, Millis } from '../units.ts';
import { AccessColumns, markFirstUses } from './access-columns.ts';
import type { Entries } from './entries.ts';

const DELIVERY_MS: Millis = 1;

/** Hands accesses to those who learn from them: in batches, at most a millisecond late, off the hit path. */
export class AccessTap<V> {
  readonly #entries: Entries<V>;
  readonly #clock: Clock;
  readonly #beforeDelivery: () => void;
  readonly #listeners = new Set<AccessListener>();
  /** Kept apart, as every fill asks. */
  isHeard = false;
  #pending: AccessColumns<V> | undefined;
  /** The batch a listener looks at now, while accesses that it causes itself become pending. */
  #delivered: AccessColumns<V> | undefined;
  /** An empty batch to use next. */
  #spare: AccessColumns<V> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isArmed = false;
  #deliveredMs: Millis = Number.NEGATIVE_INFINITY;
  #dropped: Count = 0;

  /** @param beforeDelivery Brings in the accesses that are not in the columns yet. */
  constructor(entries: Entries<V>, clock: Clock, beforeDelivery: () => void) {
    this.#entries = entries;
    this.#clock = clock;
    this.#beforeDelivery = beforeDelivery;
  }

  /** Accesses that no listener got to see. */
  get dropped(): Count {
    return this.#dropped;
  }

  listen(listener: AccessListener): Disposable {
    this.#listeners.add(listener);
    this.isHeard = true;
    this.#pending ??= new AccessColumns(this.#entries);
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener);
        this.isHeard = this.#listeners.size > 0;
        if (this.isHeard) return;
        this.#pending = undefined;
        this.#spare = undefined;
      },
    };
  }

  /** Takes the hits of the ring in; with `looking`, finds first reads of prefetched entries and counts them. */
  hits(ring: Uint32Array, count: Count, looking: boolean): Count {
    const columns = this.#pending;
    const from = columns?.length ?? 0;
    if (columns) this.#dropped += count - columns.addHits(ring, count, this.#clock.now());
    return looking ? markFirstUses(this.#entries, ring, count, columns, from) : 0;
  }

  missed(key: string): void {
    this.#arm(this.#pending?.addMiss(key, this.#clock.now()));
  }

  servedStale(key: string, value: V | undefined): void {
    this.#arm(this.#pending?.addStale(key, value, this.#clock.now()));
  }

  filled(record: AccessRecord): void {
    this.#arm(this.#pending?.addFill(record));
  }

  /** Must come before a slot changes hands. */
  resolve(): void {
    this.#delivered?.resolve();
    this.#pending?.resolve();
  }

  /** Delivery will come within a millisecond. */
  arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    // After a quiet moment at the end of this turn of the event loop: it costs no wake-up, and what is to be loaded
    // ahead is asked for a millisecond sooner.
    if (this.#clock.now() - this.#deliveredMs >= DELIVERY_MS) {
      setImmediate(this.deliver);
      return;
    }
    // One timer for the life of the tap: a new one for each batch is most of a batch's cost.
    if (this.#timer) this.#timer.refresh();
    else this.#timer = setTimeout(this.deliver, DELIVERY_MS).unref();
  }

  readonly deliver = (): void => {
    this.#isArmed = false;
    this.#deliveredMs = this.#clock.now();
    this.#beforeDelivery();
    const batch = this.#pending;
    if (!batch || batch.length === 0) return;
    // A listener that asks for what it caused itself gets it in the next batch.
    if (this.#delivered) {
      this.arm();
      return;
    }
    this.#pending = this.#spare ?? new AccessColumns(this.#entries);
    this.#spare = undefined;
    this.#delivered = batch;
    for (const listener of this.#listeners) {
      try {
        listener(batch);
      } catch (error) {
        // A learner at fault must not take the service down with it.
        process.emitWarning(`A cache access listener threw: ${String(error)}`, {
          code: 'L1_LISTENER_FAILED',
        });
      }
    }
    batch.clear();
    this.#delivered = undefined;
    if (this.isHeard) this.#spare = batch;
    else this.#pending = undefined;
  };

  #arm(added: boolean | undefined): void {
    if (added === false) this.#dropped++;
    this.arm();
  }
}
