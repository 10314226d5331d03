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

/** Figures that are measured together; what is not asked for is not run. */
export interface FigureGroup {
  /** What the names of its figures begin with. */
  readonly prefix: string;
  /** What is measured beside simulated counts: CPU time asks for a machine to itself. Default: nothing. */
  readonly measures?: 'cpu-time';
  measure(): AsyncIterable<Figure> | Iterable<Figure>;
}

/** Whether a figure's name fits a pattern in which `*` stands for any text. */
export function fits(name: string, pattern: string): boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(name);
}

/** Whether a group can hold a figure that fits the pattern. */
export function mayHold({ prefix }: FigureGroup, pattern: string): boolean {
  const head = pattern.slice(0, `${pattern}*`.indexOf('*'));
  return head.startsWith(prefix) || prefix.startsWith(head);
}
