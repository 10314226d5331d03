import type { Count } from '../../units.ts';

const EPOCH_READS: Count = 256;
/**
 * Older reads count less than a third: so many, and some for each entry. These and the bars were set by trial over many
 * traces.
 */
const READS_REMEMBERED: Count = 8_000;
const READS_REMEMBERED_PER_ENTRY = 10;

const FIRST = 0;

/** How far ahead another must be to lead: so many times what chance explains, and so many hits an entry more. */
interface Bar {
  readonly deviations: number;
  readonly hitsPerEntry: number;
}

/** What taking turns costs: a new leader has to fill its place with other entries. */
const TURN_COST = 0.02;
const BARS = {
  /** Shadows of another size than the real cache need not be in the same order. */
  rehearsing: { deviations: 8, hitsPerEntry: TURN_COST },
  /** Nothing speaks for a guess, so little has to speak against it. */
  guessing: { deviations: 2, hitsPerEntry: 0 },
  /** What another cache found out took as much to be shown; the first expert has no easier return from it. */
  taught: { deviations: 3, hitsPerEntry: TURN_COST },
  racing: { deviations: 3, hitsPerEntry: TURN_COST },
  /** To the first expert, with which nobody should do worse: being ahead is enough. */
  returning: { deviations: 0, hitsPerEntry: 0 },
} as const satisfies Record<string, Bar>;

/**
 * Keeps which expert hits most, over a memory that fades. Two experts are told apart by the reads that only one of them
 * hit: chance explains a lead of about the root of their number [1].
 *
 * [1] McNemar: Note on the sampling error of the difference between correlated proportions, Psychometrika 12, 1947.
 */
export class ExpertRace {
  readonly #experts: Count;
  /** How many reads were hit by just these experts, a bit for each: all that are remembered, and this epoch's. */
  readonly #remembered: Float64Array;
  readonly #epoch: Uint32Array;
  #epochReads: Count = 0;
  #bar: Bar = BARS.rehearsing;
  #leader = FIRST;

  /** The expert to follow. */
  get leader(): number {
    return this.#leader;
  }

  constructor(experts: Count) {
    this.#experts = experts;
    this.#remembered = new Float64Array(1 << experts);
    this.#epoch = new Uint32Array(1 << experts);
  }

  /** From now on it counts: the leader stays, what it did in the rehearsal is forgotten. */
  endRehearsal(): void {
    this.#bar = BARS.racing;
    this.#remembered.fill(0);
    this.#epoch.fill(0);
    this.#epochReads = 0;
  }

  /** Lets this expert lead, on a guess or as another cache has found, until another is shown to be better. */
  begin(expert: number, on: 'guessing' | 'taught'): void {
    this.#leader = expert;
    this.#bar = BARS[on];
  }

  /** Counts one read; a bit for each expert that hit. True when it is time to ask who leads. */
  count(hits: number): boolean {
    this.#epoch[hits] = (this.#epoch[hits] as number) + 1;
    return ++this.#epochReads >= EPOCH_READS;
  }

  /** Ends the epoch, for shadows of so many entries. True when another leads now. */
  lead(entries: Count): boolean {
    const kept = Math.exp(-this.#epochReads / (READS_REMEMBERED + READS_REMEMBERED_PER_ENTRY * entries));
    this.#epochReads = 0;
    for (let hits = 0; hits < this.#epoch.length; hits++) {
      this.#remembered[hits] = (this.#remembered[hits] as number) * kept + (this.#epoch[hits] as number);
    }
    this.#epoch.fill(0);
    const best = this.#best();
    const won = this.#hitByOnly(best, this.#leader);
    const lost = this.#hitByOnly(this.#leader, best);
    const isReturn = best === FIRST && this.#bar === BARS.racing;
    const { deviations, hitsPerEntry } = isReturn ? BARS.returning : this.#bar;
    if (won - lost <= deviations * Math.sqrt(won + lost) + hitsPerEntry * entries) return false;
    this.#leader = best;
    if (this.#bar !== BARS.rehearsing) this.#bar = BARS.racing;
    return true;
  }

  #best(): number {
    let best = 0;
    let most = -1;
    for (let expert = 0; expert < this.#experts; expert++) {
      const hits = this.#sum(1 << expert, 1 << expert);
      if (hits <= most) continue;
      most = hits;
      best = expert;
    }
    return best;
  }

  #hitByOnly(one: number, other: number): number {
    return this.#sum((1 << one) | (1 << other), 1 << one);
  }

  /** Reads remembered whose hits, as far as the mask shows them, are these. */
  #sum(mask: number, wanted: number): number {
    let sum = 0;
    for (let hits = 0; hits < this.#remembered.length; hits++) {
      if ((hits & mask) === wanted) sum += this.#remembered[hits] as number;
    }
    return sum;
  }
}
