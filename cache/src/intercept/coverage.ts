import type { Count } from '../units.ts';
import type { BypassReason } from './request.ts';
import type { NotStored } from './storable.ts';

export type ReadClient = 'fetch' | 'undici' | 'ioredis' | 'redis' | 'grpc' | 'http';

/** What became of the reads of one process. */
export interface Coverage {
  /** Answered from memory. */
  readonly hits: Count;
  /** Allowed, but not held: went to the network once. */
  readonly misses: Count;
  /** Waited for another caller's answer to the same question; counted neither as hit nor as miss. */
  readonly shared: Count;
  /** Allowed routes that were not ours to answer, by reason. */
  readonly bypass: Readonly<Partial<Record<BypassReason, Count>>>;
  /** Reads of addresses that no route allows. */
  readonly outside: Count;
  /** Answers that were not kept, by reason. */
  readonly notStored: Readonly<Partial<Record<NotStored, Count>>>;
  /** `observe`: reads that would have been hits, and those whose live answer differed from what was held. */
  readonly wouldHit: Count;
  readonly differed: Count;
  /** Faults of ours; every one of them let the request through. */
  readonly faults: Count;
  readonly byClient: Readonly<Partial<Record<ReadClient, Count>>>;
}

/** Counts what becomes of reads. Nothing here can fail a request. */
export class CoverageCounter {
  hits = 0;
  misses = 0;
  shared = 0;
  outside = 0;
  wouldHit = 0;
  differed = 0;
  faults = 0;
  /** Allowed reads that undici sent, and those of them that came through the interceptor. */
  sentByUndici = 0;
  forwarded = 0;
  readonly #bypass: Partial<Record<BypassReason, Count>> = {};
  readonly #notStored: Partial<Record<NotStored, Count>> = {};
  readonly #hitsByClient: Partial<Record<ReadClient, Count>> = {};

  hit(client: ReadClient): void {
    this.hits++;
    this.#hitsByClient[client] = (this.#hitsByClient[client] ?? 0) + 1;
  }

  bypass(why: BypassReason): void {
    this.#bypass[why] = (this.#bypass[why] ?? 0) + 1;
  }

  notStored(why: NotStored): void {
    this.#notStored[why] = (this.#notStored[why] ?? 0) + 1;
  }

  snapshot(): Coverage {
    // Sent without having been seen: the application set or passed a dispatcher of its own.
    const unseen = Math.max(0, this.sentByUndici - this.forwarded);
    return {
      hits: this.hits,
      misses: this.misses,
      shared: this.shared,
      bypass: { ...this.#bypass, ...(unseen > 0 && { dispatcher: unseen }) },
      outside: this.outside,
      notStored: { ...this.#notStored },
      wouldHit: this.wouldHit,
      differed: this.differed,
      faults: this.faults,
      byClient: { ...this.#hitsByClient },
    };
  }
}
