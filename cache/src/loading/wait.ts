import { CacheError } from '../errors.ts';
import type { Millis } from '../units.ts';
import type { Flight } from './flights.ts';

/** Waits for the flight as one more reader; the signal ends the waiting of this reader alone. */
export function waitFor<V>(
  flight: Flight<V>,
  signal: AbortSignal | undefined,
  onDeserted: () => void,
): Promise<V> {
  flight.readers++;
  if (!signal) return flight.promise;
  return new Promise<V>((resolve, reject) => {
    const leave = () => {
      flight.readers--;
      if (flight.readers === 0 && !flight.keepsGoing) onDeserted();
      reject(signal.reason);
    };
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    flight.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** Runs the load; after `timeoutMs` gives up, aborts it and throws `L1_LOAD_TIMEOUT`. */
export function withTimeout<T>(
  key: string,
  timeoutMs: Millis,
  controller: AbortController,
  load: () => Promise<T>,
): Promise<T> {
  if (timeoutMs === Number.POSITIVE_INFINITY) return load();
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new CacheError('L1_LOAD_TIMEOUT', `Loading "${key}" took longer than ${timeoutMs} ms.`);
      reject(error);
      controller.abort(error);
    }, timeoutMs).unref();
    load()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
