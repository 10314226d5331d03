import type { createInterceptor } from './interceptor.ts';
import { isPlainDispatcher, isUndici8Wrapper } from './plain-dispatcher.ts';

/** The global dispatchers of undici up to 7, and from 7.20 on. */
const SYMBOLS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')] as const;

type Interceptor = ReturnType<typeof createInterceptor>;

interface Composable {
  compose(interceptor: Interceptor): Composable;
}

const globals = globalThis as unknown as Record<symbol, Composable | undefined>;
/** Of each dispatcher looked at: which answers are its own; undefined for one that is left as it is. */
const scopes = new WeakMap<object, number | undefined>();
let lastScope = 0;

/**
 * Composes an interceptor onto the global dispatchers as they are, so that a proxy agent or an agent of the
 * application keeps its work. Does nothing for one that is composed already, or that does more to a request than send
 * it; call it again when a further undici has loaded or the application has set a dispatcher. Loads Node's own undici,
 * as an application that uses `fetch` does.
 * @param interceptorFor makes the interceptor of a scope. A dispatcher may carry an identity that no request shows (a
 * client certificate, a proxy's token), so each has a scope of its own; those that Node starts with share one.
 */
export function installDispatcher(interceptorFor: (scope: number) => Interceptor): void {
  new Headers();
  const [first, second] = SYMBOLS;
  const atStart = lastScope === 0 ? ++lastScope : undefined;
  const composed = new Map<Composable, Composable>();
  for (const symbol of [second, first]) {
    const current = globals[symbol];
    if (current === undefined || scopes.has(current)) continue;
    let wrapped = composed.get(current);
    if (wrapped === undefined) {
      const scope = scopeOf(current, atStart);
      if (scope === undefined) {
        scopes.set(current, undefined);
        continue;
      }
      wrapped = current.compose(interceptorFor(scope));
      scopes.set(wrapped, scope);
      composed.set(current, wrapped);
    }
    globals[symbol] = wrapped;
  }
  // undici 8 replaces both dispatchers when it finds the second one missing (Node before 24.12). Node 22's own
  // undici 6 cannot stand in for it: there the interceptor is composed again after undici 8 has loaded.
  const major = Number(process.versions.undici?.split('.')[0] ?? 0);
  if (globals[second] === undefined && globals[first] !== undefined && major >= 7)
    Object.defineProperty(globalThis, second, { value: globals[first], writable: true });
}

/** Which answers are to be this dispatcher's; undefined when it is left as it is. */
function scopeOf(dispatcher: Composable, atStart: number | undefined): number | undefined {
  // undici 8 sets the first symbol to a wrapper around what it sets the second to.
  if (isUndici8Wrapper(dispatcher)) return scopes.get(globals[SYMBOLS[1]]!);
  return isPlainDispatcher(dispatcher) ? (atStart ?? ++lastScope) : undefined;
}

/**
 * The scope in which `fetch` would be answered now. Undefined when it would not come by here, because the application
 * has set a dispatcher that is left as it is, or when the two symbols do not agree.
 */
export function currentScope(): number | undefined {
  let scope: number | undefined;
  for (const symbol of SYMBOLS) {
    const current = globals[symbol];
    if (current === undefined) continue;
    const its = scopes.get(current);
    if (its === undefined || (scope !== undefined && its !== scope)) return undefined;
    scope = its;
  }
  return scope;
}

/** Whether every dispatcher set now has been looked at. */
export function isInstalled(): boolean {
  return SYMBOLS.every((symbol) => globals[symbol] === undefined || scopes.has(globals[symbol]));
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
