import type { LoadPlan, LoadResult } from './driver.ts';
import type { Priority } from './priority.ts';

/** What the generator process is told: the plan, and where each service's requests go. */
export interface GeneratorJob {
  readonly plan: LoadPlan;
  /** By service index; the same address for all of them behind an ingress gateway. */
  readonly ingress: readonly { readonly host: string; readonly port: number; readonly hostHeader: string }[];
}

/** What the generator process says. */
export type GeneratorMessage =
  | { readonly kind: 'ready'; readonly priority: Priority }
  | { readonly kind: 'result'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string };

/** What the pacer, a thread of the generator, is told: first a plan, then when to start. */
export type ToPacer =
  | { readonly kind: 'plan'; readonly plan: LoadPlan }
  | { readonly kind: 'start'; readonly startNs: number };

/** One request that is due now. */
export interface Due {
  readonly dueNs: number;
  readonly requestType: number;
  readonly keys: readonly number[];
}

/** What the pacer says. */
export type FromPacer =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'due' } & Due)
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly message: string };
