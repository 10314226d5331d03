import type { Clock } from '../clock.ts';
import { CacheError } from '../errors.ts';
import type { ProtectionOptions } from '../options.ts';
import type { Count, Millis } from '../units.ts';

/** `closed` lets loads through, `open` refuses them, `half-open` lets one try. */
export type BreakerState = 'closed' | 'open' | 'half-open';

const DEFAULT_QUEUE: Count = 1000;
const DEFAULT_OPEN_MS: Millis = 1000;

/** A circuit breaker and a bounded number of turns in front of one origin. */
export class OriginProtection {
  readonly #maxConcurrent: Count;
  readonly #maxQueued: Count;
  readonly #failuresToOpen: Count;
  readonly #openMs: Millis;
  readonly #clock: Clock;
  readonly #queue: (() => void)[] = [];
  #running: Count = 0;
  #failuresInRow: Count = 0;
  #openUntilMs: Millis = Number.NEGATIVE_INFINITY;
  #trying = false;

  constructor(options: ProtectionOptions, clock: Clock) {
    this.#maxConcurrent = options.maxConcurrentLoads ?? Number.POSITIVE_INFINITY;
    this.#maxQueued = options.maxQueuedLoads ?? DEFAULT_QUEUE;
    this.#failuresToOpen = options.breakerFailures ?? Number.POSITIVE_INFINITY;
    this.#openMs = options.breakerOpenMs ?? DEFAULT_OPEN_MS;
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (this.#failuresInRow < this.#failuresToOpen) return 'closed';
    return this.#clock.now() < this.#openUntilMs || this.#trying ? 'open' : 'half-open';
  }

  /** Whether a load that nobody waits for should be left for later. */
  get isBusy(): boolean {
    return this.state !== 'closed' || this.#running >= this.#maxConcurrent;
  }

  /**
   * Runs the load when its turn comes.
   * @throws {CacheError} `L1_BREAKER_OPEN` or `L1_LOAD_QUEUE_FULL`, without having asked the origin.
   */
  async run<T>(load: () => Promise<T>): Promise<T> {
    this.#enter();
    if (this.#running >= this.#maxConcurrent) await this.#turn();
    else this.#running++;
    try {
      const answer = await load();
      this.#failuresInRow = 0;
      return answer;
    } catch (error) {
      this.#failuresInRow++;
      if (this.#failuresInRow >= this.#failuresToOpen) this.#openUntilMs = this.#clock.now() + this.#openMs;
      throw error;
    } finally {
      this.#trying = false;
      this.#leave();
    }
  }

  #enter(): void {
    const { state } = this;
    if (state === 'open') {
      const leftMs = Math.max(0, Math.ceil(this.#openUntilMs - this.#clock.now()));
      throw new CacheError(
        'L1_BREAKER_OPEN',
        `The origin failed ${this.#failuresInRow} times in a row; it is asked again in ${leftMs} ms.`,
      );
    }
    if (this.#running >= this.#maxConcurrent && this.#queue.length >= this.#maxQueued) {
      throw new CacheError(
        'L1_LOAD_QUEUE_FULL',
        `${this.#running} loads run and ${this.#queue.length} wait, the most allowed. Raise maxConcurrentLoads or maxQueuedLoads, or read less.`,
      );
    }
    if (state === 'half-open') this.#trying = true;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  // The turn of a load that ends passes to the next in the queue, so the number of those running stays.
  #leave(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#running--;
  }
}
