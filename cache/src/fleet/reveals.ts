import type { Count, Millis } from '../units.ts';
import type { KeyHash } from './namespaces.ts';
import { Outbox } from './outbox.ts';
import type { Signal } from './wire.ts';

/** Questions wait this long for company. */
const ASK_EVERY_MS: Millis = 100;
const MAX_BATCH: Count = 200;
/** A question or its answer was lost when nothing came for so long; the next pod is asked. */
const PATIENCE_MS: Millis = 350;
/** Pods asked for one key. */
const MAX_ASKED: Count = 6;
/** Keys asked for at a time. */
const MAX_OPEN: Count = 5000;

interface Question {
  readonly others: readonly string[];
  asked: Count;
  askedMs: Millis;
}

/** Finds out which keys some digests stand for: asks the pods that reported them, one after the other. */
export class Reveals {
  readonly #open = new Map<KeyHash, Question>();
  readonly #outbox = new Outbox<KeyHash>(ASK_EVERY_MS, MAX_BATCH);

  /** The pods that know the key, the likeliest to still hold it last. */
  ask(hash: KeyHash, knownBy: readonly string[], nowMs: Millis): void {
    if (this.#open.size >= MAX_OPEN || knownBy.length === 0) return;
    this.#open.set(hash, { others: knownBy.slice(-MAX_ASKED), asked: 1, askedMs: nowMs });
    this.#outbox.put(knownBy.at(-1)!, hash, nowMs);
  }

  /** Returns whether the key was asked for and not yet known: what nobody asked for is not an answer. */
  answered(hash: KeyHash): boolean {
    return this.#open.delete(hash);
  }

  /** At once while an answer is awaited: it may be time to ask the next pod. */
  get dueMs(): Millis {
    return this.#open.size > 0 ? Number.NEGATIVE_INFINITY : this.#outbox.dueMs;
  }

  /** Asks, asks again, and hands over the digests that nobody could name. */
  tick(nowMs: Millis, send: (to: string, signal: Signal, signals: Count) => void): KeyHash[] {
    const givenUp: KeyHash[] = [];
    for (const [hash, question] of this.#open) {
      if (nowMs - question.askedMs < PATIENCE_MS) continue;
      const next = question.others.at(-1 - question.asked);
      if (next === undefined) {
        this.#open.delete(hash);
        givenUp.push(hash);
        continue;
      }
      question.asked++;
      question.askedMs = nowMs;
      this.#outbox.put(next, hash, nowMs);
    }
    this.#outbox.flush(nowMs, (to, hashes) => send(to, { kind: 'reveal', hashes }, hashes.length));
    return givenUp;
  }
}
