import { types } from 'node:util';

type DispatcherClass = new (origin: string) => { close(): Promise<void> };

/** Undici's classes between an application's and the one that has `dispatch`, at most. */
const MOST_CLASSES = 3;

/**
 * Whether this dispatcher sends requests as it is given them. One with interceptors, with a `dispatch` of the application
 * or with clients that the application makes may say below us who asks, for each request anew: answers from above it
 * could be another user's. Undici's own are known by their members and not by name, as bundlers change names.
 */
export function isPlainDispatcher(dispatcher: object): boolean {
  // What `compose` returns.
  if (types.isProxy(dispatcher) || Object.hasOwn(dispatcher, 'dispatch')) return false;
  const below: DispatcherClass[] = [];
  let holder = Object.getPrototypeOf(dispatcher);
  while (holder !== null && !Object.hasOwn(holder, 'dispatch')) {
    below.unshift(holder.constructor);
    holder = Object.getPrototypeOf(holder);
  }
  return holder !== null && isOfUndici(holder) && hasOwnFactory(dispatcher, below);
}

/** Whether undici 8 made it, for the undici of Node, around the dispatcher that it was given. */
export function isUndici8Wrapper(dispatcher: object): boolean {
  const holder = Object.getPrototypeOf(dispatcher);
  if (types.isProxy(dispatcher) || !Object.hasOwn(holder, 'dispatch')) return false;
  return Object.hasOwn(holder.constructor, 'wrapHandler');
}

/** Whether this `dispatch` is that of undici's base class, or of its ProxyAgent. */
function isOfUndici(holder: object): boolean {
  if (['close', 'destroy', 'closed', 'destroyed'].every((name) => Object.hasOwn(holder, name))) return true;
  const inner = Object.getOwnPropertySymbols(holder).map(({ description }) => description);
  return inner.includes('close') && inner.includes('destroy');
}

/** Whether it makes its clients as undici does by itself: as another of its class that was told nothing. */
function hasOwnFactory(dispatcher: object, classes: readonly DispatcherClass[]): boolean {
  const given = factoryOf(dispatcher);
  if (given === undefined) return true;
  for (const each of classes.slice(0, MOST_CLASSES)) {
    const other = new each('http://127.0.0.1');
    const own = factoryOf(other);
    void other.close();
    if (own !== undefined) return own === given;
  }
  return false;
}

function factoryOf(dispatcher: object): unknown {
  const symbol = Object.getOwnPropertySymbols(dispatcher).find(
    ({ description }) => description === 'factory',
  );
  return symbol && (dispatcher as Record<symbol, unknown>)[symbol];
}
