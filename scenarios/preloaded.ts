import type { InterceptHandle } from 'l1-cache/intercept';

/** The cache that NODE_OPTIONS loaded into this process before the program; undefined without it. */
export function preloaded(): InterceptHandle | undefined {
  return (globalThis as unknown as Record<symbol, InterceptHandle | undefined>)[
    Symbol.for('l1-cache.intercept')
  ];
}
