import type { LoadPlan, LoadResult } from './driver.ts';

/** What the generator process is told: the plan, and where each service's requests go. */
export interface GeneratorJob {
  readonly plan: LoadPlan;
  /** By service index; the same address for all of them behind an ingress gateway. */
  readonly ingress: readonly { readonly host: string; readonly port: number; readonly hostHeader: string }[];
}

/** What the generator process says. */
export type GeneratorMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string };
