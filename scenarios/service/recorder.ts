import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { Count, Nanos } from 'l1-cache';
import type { ReadOutcome } from '../read-path.ts';
import type { EncodedHistogram, HitCounts } from './protocol.ts';

/** An HDR histogram of nanoseconds, 3 digits, that takes no memory before its first sample. */
export class NanosHistogram {
  #histogram: Histogram | undefined;

  /** Records a duration; a negative one (the clock's cost taken off a read shorter than it) counts as 0. */
  record(ns: Nanos, times: Count = 1): void {
    this.#histogram ??= build({
      bitBucketSize: 32,
      autoResize: true,
      lowestDiscernibleValue: 1,
      // Grows by itself; most pods never see more than a few milliseconds.
      highestTrackableValue: 8_000_000,
      numberOfSignificantValueDigits: 3,
      useWebAssembly: false,
    });
    this.#histogram.recordValueWithCount(ns > 0 ? Math.round(ns) : 0, times);
  }

  encode(): EncodedHistogram {
    return this.#histogram === undefined || this.#histogram.totalCount === 0
      ? null
      : encodeIntoCompressedBase64(this.#histogram);
  }
}

/** What a pod writes down during one block; a new one is made for every block. */
export class Recorder {
  requests: Count = 0;
  errors: Count = 0;
  reads: Count = 0;
  hits: Count = 0;
  readonly chainedMisses = { all: 0, firstOfKind: 0, ambiguous: 0, shortPause: 0 };
  staleReads: Count = 0;
  originServed: Count = 0;
  redisCommands: Count = 0;
  readonly allReads = new NanosHistogram();
  readonly readsOfRequest = new NanosHistogram();
  readonly l1PerRead = new NanosHistogram();
  readonly staleAge = new NanosHistogram();
  readonly eventLoopDelay = new NanosHistogram();
  readonly gcPause = new NanosHistogram();
  readonly outcomes = new Map<ReadOutcome, { count: Count; readonly latency: NanosHistogram }>();
  /** Keys of the last synchronous hits, for the batch measurement at the end of the block. */
  readonly recentHits: string[] = [];
  #nextRecent = 0;

  read(outcome: ReadOutcome, ns: Nanos): void {
    let record = this.outcomes.get(outcome);
    if (record === undefined) {
      record = { count: 0, latency: new NanosHistogram() };
      this.outcomes.set(outcome, record);
    }
    record.count += 1;
    record.latency.record(ns);
    this.allReads.record(ns);
    this.reads += 1;
    if (outcome !== 'origin') this.hits += 1;
  }

  remember(key: string): void {
    this.recentHits[this.#nextRecent] = key;
    this.#nextRecent = (this.#nextRecent + 1) % RECENT_HITS;
  }

  hitCounts(): HitCounts {
    return { reads: this.reads, hits: this.hits };
  }
}

const RECENT_HITS = 1024;
