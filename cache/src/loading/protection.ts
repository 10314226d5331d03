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
  /** What gives each of those that wait its turn, in order. */
  readonly #queue = new Set<() => void>();
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
   * @param signal aborted when the load is given up
   * @throws {CacheError} `L1_BREAKER_OPEN` or `L1_LOAD_QUEUE_FULL`, without having asked the origin.
   */
  async run<T>(signal: AbortSignal, load: () => Promise<T>): Promise<T> {
    this.#refuseIfOpen();
    if (this.#running < this.#maxConcurrent) this.#running++;
    else await this.#turn(signal);
    try {
      // While it waited, its readers may have left and the breaker may have opened.
      signal.throwIfAborted();
      this.#refuseIfOpen();
      return await (this.state === 'closed' ? this.#ask(signal, load) : this.#try(signal, load));
    } finally {
      this.#leave();
    }
  }

  async #try<T>(signal: AbortSignal, load: () => Promise<T>): Promise<T> {
    this.#trying = true;
    try {
      return await this.#ask(signal, load);
    } finally {
      this.#trying = false;
    }
  }

  async #ask<T>(signal: AbortSignal, load: () => Promise<T>): Promise<T> {
    try {
      const answer = await load();
      this.#failuresInRow = 0;
      return answer;
    } catch (error) {
      if (!isDeserted(signal)) this.#failed();
      throw error;
    }
  }

  #failed(): void {
    this.#failuresInRow++;
    if (this.#failuresInRow >= this.#failuresToOpen) this.#openUntilMs = this.#clock.now() + this.#openMs;
  }

  #refuseIfOpen(): void {
    if (this.state !== 'open') return;
    const leftMs = Math.max(0, Math.ceil(this.#openUntilMs - this.#clock.now()));
    throw new CacheError(
      'L1_BREAKER_OPEN',
      `The origin failed ${this.#failuresInRow} times in a row; it is asked again in ${leftMs} ms.`,
    );
  }

  async #turn(signal: AbortSignal): Promise<void> {
    if (this.#queue.size >= this.#maxQueued) {
      throw new CacheError(
        'L1_LOAD_QUEUE_FULL',
        `${this.#running} loads run and ${this.#queue.size} wait, the most allowed. Raise maxConcurrentLoads or maxQueuedLoads, or read less.`,
      );
    }
    await new Promise<void>((resolve, reject) => {
      const take = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      // While the origin hangs no turn comes: what nobody waits for must not fill the queue until then.
      const giveUp = () => {
        this.#queue.delete(take);
        reject(signal.reason);
      };
      this.#queue.add(take);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  // The turn of a load that ends passes to the next in the queue, so the number of those running stays.
  #leave(): void {
    const [next] = this.#queue;
    if (!next) {
      this.#running--;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}

/** Readers that go away say nothing of the origin; a deadline that passed does, be it theirs or the cache's. */
function isDeserted(signal: AbortSignal): boolean {
  const { aborted, reason } = signal;
  return aborted && !(reason instanceof CacheError) && reason?.name !== 'TimeoutError';
}
