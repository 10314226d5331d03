import { CacheError } from '../errors.ts';
import type { Millis } from '../units.ts';
import type { Flight } from './flights.ts';

/** What Node's timers can wait at most, 24 days; they take more for 1 ms. */
const LONGEST_TIMER_MS: Millis = 2 ** 31 - 1;

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
    signal.addEventListener('abort', leave, { once: true });
    flight.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** Runs the load; after `timeoutMs` gives up, aborts it and throws `L1_LOAD_TIMEOUT`. */
export function withTimeout<T>(
  what: string,
  timeoutMs: Millis,
  controller: AbortController,
  load: () => Promise<T>,
): Promise<T> {
  if (timeoutMs > LONGEST_TIMER_MS) return load();
  return new Promise<T>((resolve, reject) => {
    // Before the timer is set: what throws at once must not be timed out later.
    const loading = load();
    const timer = setTimeout(() => {
      const error = new CacheError('L1_LOAD_TIMEOUT', `Loading ${what} took longer than ${timeoutMs} ms.`);
      reject(error);
      controller.abort(error);
    }, timeoutMs).unref();
    loading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
