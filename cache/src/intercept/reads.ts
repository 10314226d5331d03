import { L1Cache } from '../cache.ts';
import type { Clock } from '../clock.ts';
import type { Bytes, Millis } from '../units.ts';
import type { InterceptConfig, InterceptMode } from './config.ts';
import { CoverageCounter, type ReadClient } from './coverage.ts';
import { Flights } from './flights.ts';
import { Invalidations } from './invalidations.ts';
import { publishHit } from './telemetry.ts';

/** An answer kept, whatever the client. */
export interface Kept {
  /** What a write invalidates: an address, a Redis key. */
  readonly address: string;
  /** When it was asked for and when it arrived, on the cache's clock. */
  readonly requestedAtMs: Millis;
  readonly storedAtMs: Millis;
  readonly initialAgeMs: Millis;
  readonly lifeMs: Millis;
}

export interface ReadsOptions {
  readonly config: InterceptConfig;
  readonly clock: Clock;
  /** Wall-clock milliseconds, for HTTP dates. */
  readonly wallNow: () => Millis;
  /** This process's share of the pod's budget; called when the first answer is kept. */
  readonly claimBudget: (onChange: (budgetBytes: Bytes) => void) => Bytes;
}

/** What all intercepted clients of one process share: the store, the open requests and the counters. */
export class InterceptedReads {
  readonly config: InterceptConfig;
  /** As configured; may be changed while the process runs. */
  mode: InterceptMode;
  readonly coverage = new CoverageCounter();
  readonly flights = new Flights();
  readonly #invalidations = new Invalidations();
  readonly #options: ReadsOptions;
  #store: L1Cache<Kept> | undefined;

  constructor(options: ReadsOptions) {
    this.config = options.config;
    this.mode = options.config.mode;
    this.#options = options;
  }

  now(): Millis {
    return this.#options.clock.now();
  }

  wallNow(): Millis {
    return this.#options.wallNow();
  }

  /** False once switched off, by the mode or after too many faults of ours. */
  get isActive(): boolean {
    return this.mode !== 'off' && this.coverage.faults < this.config.maxFaults;
  }

  get store(): L1Cache<Kept> | undefined {
    return this.#store;
  }

  /** What is held and still fresh. Looks at the clock itself: the store's own look may be as old as the turn of the event loop. */
  lookup<K extends Kept>(key: string): K | undefined {
    const kept = this.#store?.get(key) as K | undefined;
    if (kept === undefined || this.now() >= kept.storedAtMs + kept.lifeMs) return undefined;
    return this.#invalidations.allows(kept.address, kept.requestedAtMs) ? kept : undefined;
  }

  ageMs(kept: Kept): Millis {
    return kept.initialAgeMs + this.now() - kept.storedAtMs;
  }

  /** Keeps an answer unless it is too large or a write overtook it. */
  keep(key: string, kept: Kept, sizeBytes: Bytes): boolean {
    if (!this.#invalidations.allows(kept.address, kept.requestedAtMs)) return false;
    this.#store ??= new L1Cache<Kept>({
      budgetBytes: this.#options.claimBudget((bytes) => this.#store?.setBudget(bytes)),
      clock: this.#options.clock,
      // What is kept is ours alone, and bytes cannot be frozen.
      freezing: 'none',
    });
    return this.#store.set(key, kept, { ttlMs: kept.lifeMs, sizeBytes }) === 'stored';
  }

  changed(address: string): void {
    this.#invalidations.note(address, this.now());
  }

  /** Everything held may have changed. */
  allChanged(): void {
    this.#invalidations.noteAll(this.now());
  }

  clear(): void {
    this.allChanged();
    this.#store?.clear();
  }

  hit(client: ReadClient, route: string, kept: Kept): void {
    this.coverage.hit(client);
    try {
      publishHit({ client, route, ageMs: this.ageMs(kept) });
    } catch {
      this.fault();
    }
  }

  /** Counts a fault of ours. The caller lets the request through. */
  fault(): void {
    this.coverage.faults++;
  }
}
