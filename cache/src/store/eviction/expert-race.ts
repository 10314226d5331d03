import type { Count } from '../../units.ts';

const EPOCH_READS: Count = 256;
/** How many times the entries of a shadow are read before an old hit counts only a third. */
const TURNOVERS_REMEMBERED = 10;
const FEWEST_REMEMBERED: Count = 3000;
/** Share of hits on which experts that are equal are taken to disagree; with the next, set by trial over many traces. */
const DISAGREEMENT = 0.02;
/** How far ahead another must be. */
const DEVIATIONS = 3;

/** Keeps which expert hits most, over a memory that fades. */
export class ExpertRace {
  readonly #scores: Float64Array;
  readonly #epochHits: Uint32Array;
  #epochReads: Count = 0;
  #passedOver: Count = 0;
  #leader = 0;

  constructor(experts: Count) {
    this.#scores = new Float64Array(experts);
    this.#epochHits = new Uint32Array(experts);
  }

  /** The next so many reads say nothing about the experts. */
  passOver(reads: Count): void {
    this.#passedOver = reads;
  }

  /** Counts one read; a bit for each expert that hit. True when it is time to ask who leads. */
  count(hits: number): boolean {
    if (this.#passedOver > 0) {
      this.#passedOver--;
      return false;
    }
    for (let expert = 0; expert < this.#epochHits.length; expert++) {
      this.#epochHits[expert] = (this.#epochHits[expert] as number) + ((hits >>> expert) & 1);
    }
    return ++this.#epochReads >= EPOCH_READS;
  }

  /** Ends the epoch; the expert to follow, for shadows of so many entries. */
  lead(entries: Count): number {
    const kept = Math.exp(-this.#epochReads / Math.max(FEWEST_REMEMBERED, TURNOVERS_REMEMBERED * entries));
    this.#epochReads = 0;
    for (let expert = 0; expert < this.#scores.length; expert++) {
      this.#scores[expert] = (this.#scores[expert] as number) * kept + (this.#epochHits[expert] as number);
    }
    this.#epochHits.fill(0);
    const best = this.#best();
    const most = this.#scores[best] as number;
    const ahead = most - (this.#scores[this.#leader] as number);
    if (ahead > DEVIATIONS * Math.sqrt(DISAGREEMENT * most + 1)) this.#leader = best;
    return this.#leader;
  }

  #best(): number {
    let best = 0;
    for (let expert = 1; expert < this.#scores.length; expert++) {
      if ((this.#scores[expert] as number) > (this.#scores[best] as number)) best = expert;
    }
    return best;
  }
}
