import type { Count } from 'l1-cache';
import type { Section } from '../../reports/experiment/schema.ts';
import type { OwnedRun } from '../journal/owned-run.ts';
import type { Endpoint } from '../targets/local/endpoints.ts';

export interface ExperimentContext {
  /** Owns every process that is started. */
  readonly run: OwnedRun;
  /** A Redis of the run's own, for pods to talk over. */
  readonly bus: Endpoint;
  readonly seed: number;
  /** How many seeds a simulation is repeated on. */
  readonly seeds: Count;
  readonly signal: AbortSignal;
  /** Tells the user what begins. */
  readonly say: (what: string) => void;
}

/** What an experiment found, as its page says it. */
export interface Findings {
  readonly title: string;
  readonly answer: readonly string[];
  readonly sections: readonly Section[];
  readonly limits: readonly string[];
}

export interface ExperimentKind {
  readonly name: string;
  /** One plain sentence for `--help`. */
  readonly description: string;
  readonly measure: (context: ExperimentContext) => Promise<Findings>;
}

/** The seeds of a simulation: the one asked for and those after it. */
export function seedsOf({ seed, seeds }: Pick<ExperimentContext, 'seed' | 'seeds'>): number[] {
  return Array.from({ length: seeds }, (_, i) => seed + i);
}
