/**
 * Makes concurrent loads of one key share one call. A load that fails is forgotten like one that succeeds: the
 * next caller loads again.
 */
export function singleFlight<T>(): (key: string, load: () => Promise<T>) => Promise<T> {
  const flights = new Map<string, Promise<T>>();
  return (key, load) => {
    const running = flights.get(key);
    if (running !== undefined) return running;
    const flight = load().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}
