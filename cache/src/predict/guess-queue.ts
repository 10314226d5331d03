import type { Count, Millis } from '../units.ts';
import type { Word } from './peer-rules.ts';
import type { RuleScore } from './rule-score.ts';

/** A guess that is not scored yet. */
export interface Guessed {
  readonly key: string;
  readonly rule: RuleScore;
  readonly mode: 'live' | 'shadow' | 'trial' | 'held-out';
  readonly deadlineMs: Millis;
  /** Fetched on the word of others, who are charged for it until it is read. */
  readonly word: Word | undefined;
  /** Tokens of the waste budget that it holds until its key is read. */
  readonly price: Count;
  ready: boolean;
  /** Undefined while the read may still come. */
  cameTrue: boolean | undefined;
}

/** First in, first out; all rules of one kind have the same window, so their guesses also end in order. */
export class GuessQueue {
  #items: Guessed[] = [];
  #head = 0;

  get first(): Guessed | undefined {
    return this.#items[this.#head];
  }

  get length(): Count {
    return this.#items.length - this.#head;
  }

  push(guess: Guessed): void {
    this.#items.push(guess);
  }

  shift(): void {
    this.#head++;
    if (this.#head < 1024 || this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
