import { types } from 'node:util';

/** The classes of undici that have a `dispatch`, other than those that wrap a dispatcher they are given. */
const OWN_DISPATCH = ['DispatcherBase', 'ProxyAgent'];

/**
 * Whether this dispatcher sends requests as it is given them. One with interceptors, with a `dispatch` of the application
 * or with clients that the application makes may say below us who asks, for each request anew: answers from above it
 * could be another user's.
 */
export function isPlainDispatcher(dispatcher: object): boolean {
  // What `compose` returns.
  if (types.isProxy(dispatcher) || Object.hasOwn(dispatcher, 'dispatch')) return false;
  const isMadeByApplication = Object.getOwnPropertySymbols(dispatcher)
    .filter((symbol) => symbol.description === 'factory')
    .some((symbol) => (dispatcher as Record<symbol, { name?: string }>)[symbol]?.name !== 'defaultFactory');
  if (isMadeByApplication) return false;
  let holder = Object.getPrototypeOf(dispatcher);
  while (holder !== null && !Object.hasOwn(holder, 'dispatch')) holder = Object.getPrototypeOf(holder);
  return OWN_DISPATCH.includes(holder?.constructor.name);
}
