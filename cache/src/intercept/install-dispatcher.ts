import type { createInterceptor } from './interceptor.ts';

/** The global dispatchers of undici up to 7, and from 7.20 on. */
const SYMBOLS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')] as const;

interface Composable {
  compose(interceptor: ReturnType<typeof createInterceptor>): Composable;
}

const globals = globalThis as unknown as Record<symbol, Composable | undefined>;
const ours = new WeakSet<object>();

/**
 * Composes the interceptor onto the global dispatchers as they are, so that a proxy agent or an agent of the
 * application keeps its work. Does nothing for one that is composed already; call it again when a further undici
 * has loaded or the application has set a dispatcher. Loads Node's own undici, as an application that uses `fetch` does.
 * @returns whether there was one to compose.
 */
export function installDispatcher(interceptor: ReturnType<typeof createInterceptor>): boolean {
  new Headers();
  const composed = new Map<Composable, Composable>();
  for (const symbol of SYMBOLS) {
    const current = globals[symbol];
    if (current === undefined || ours.has(current)) continue;
    const wrapped = composed.get(current) ?? current.compose(interceptor);
    composed.set(current, wrapped);
    ours.add(wrapped);
    globals[symbol] = wrapped;
  }
  const [first, second] = SYMBOLS;
  // undici 8 replaces both dispatchers when it finds the second one missing (Node before 24.12). Node 22's own
  // undici 6 cannot stand in for it: there the interceptor is composed again after undici 8 has loaded.
  const major = Number(process.versions.undici?.split('.')[0] ?? 0);
  if (globals[second] === undefined && globals[first] !== undefined && major >= 7)
    Object.defineProperty(globalThis, second, { value: globals[first], writable: true });
  return composed.size > 0;
}

/** Whether `fetch` would go through the interceptor now: the application may have set a dispatcher of its own. */
export function isInstalled(): boolean {
  for (const symbol of SYMBOLS) {
    const current = globals[symbol];
    if (current !== undefined && !ours.has(current)) return false;
  }
  return true;
}

/** Calls `onSet` after every `setGlobalDispatcher` of this undici. */
export function watchSetGlobalDispatcher(undici: unknown, onSet: () => void): void {
  const exports = undici as { setGlobalDispatcher?: (dispatcher: unknown) => void };
  const original = exports.setGlobalDispatcher;
  if (typeof original !== 'function') return;
  exports.setGlobalDispatcher = (dispatcher) => {
    original(dispatcher);
    onSet();
  };
}
