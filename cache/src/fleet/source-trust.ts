import type { Count, Millis } from '../units.ts';

/** Signals a second that one pod may send, and how many at once. */
export const QUOTA_PER_SECOND: Count = 1000;
const BURST: Count = 2000;
/** Outcomes before a pod is judged, and before one is judged again that was muted once. */
const JUDGED_AFTER: Count = 32;
const JUDGED_AGAIN_AFTER: Count = 8;
/** Share of good outcomes below which a pod is not listened to. */
const MUTE_BELOW = 0.1;
/** For how long: four times as long each time, at most a day. */
const FIRST_MUTE_MS: Millis = 300_000;
const LONGEST_MUTE_MS: Millis = 86_400_000;

interface Source {
  tokens: number;
  filledMs: Millis;
  good: number;
  all: number;
  mutedUntilMs: Millis;
  muteMs: Millis;
}

/** What is thought of each pod: a quota of signals, and a record of whether they were worth following. */
export class SourceTrust {
  readonly #sources = new Map<string, Source>();

  /** Forgets pods that are no longer members. */
  keepOnly(members: ReadonlySet<string>): void {
    for (const name of this.#sources.keys()) if (!members.has(name)) this.#sources.delete(name);
  }

  /** Whether the pod may be heard with this many signals now; takes them off its quota. */
  admit(from: string, signals: Count, nowMs: Millis): 'heard' | 'over-quota' | 'muted' {
    const source = this.#of(from, nowMs);
    if (nowMs < source.mutedUntilMs) return 'muted';
    source.tokens = Math.min(BURST, source.tokens + ((nowMs - source.filledMs) / 1000) * QUOTA_PER_SECOND);
    source.filledMs = nowMs;
    if (source.tokens < signals) return 'over-quota';
    source.tokens -= signals;
    return 'heard';
  }

  isMuted(from: string, nowMs: Millis): boolean {
    return nowMs < (this.#sources.get(from)?.mutedUntilMs ?? Number.NEGATIVE_INFINITY);
  }

  /** Records whether following one of the pod's signals was right. */
  record(from: string, outcome: 'right' | 'wrong', nowMs: Millis): void {
    const source = this.#of(from, nowMs);
    source.all++;
    if (outcome === 'right') source.good++;
    const mutedBefore = source.muteMs > 0;
    if (source.all < (mutedBefore ? JUDGED_AGAIN_AFTER : JUDGED_AFTER)) return;
    if (source.good / source.all < MUTE_BELOW) {
      source.muteMs = mutedBefore ? Math.min(LONGEST_MUTE_MS, 4 * source.muteMs) : FIRST_MUTE_MS;
      source.mutedUntilMs = nowMs + source.muteMs;
    }
    source.good /= 2;
    source.all /= 2;
  }

  #of(from: string, nowMs: Millis): Source {
    let source = this.#sources.get(from);
    if (source === undefined) {
      source = {
        tokens: BURST,
        filledMs: nowMs,
        good: 0,
        all: 0,
        mutedUntilMs: Number.NEGATIVE_INFINITY,
        muteMs: 0,
      };
      this.#sources.set(from, source);
    }
    return source;
  }
}
