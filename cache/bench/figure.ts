/** One measured number, as `bench:predict --json` prints it. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** Lowest and highest over the repetitions (seeds, rounds), or null when there is only one. */
  readonly interval: readonly [number, number] | null;
  /** How many observations are behind the value. */
  readonly n: number;
  /** Repetitions, workload and method in one line. */
  readonly how: string;
}

/** A part of the benchmark: measures its figures one after another. */
export type FiguresOf = () => AsyncIterable<Figure> | Iterable<Figure>;
