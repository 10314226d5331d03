import { CoverageCounter } from './coverage.ts';
import { Flights } from './flights.ts';
import { InterceptedReads } from './reads.ts';
import { RequestRules } from './request.ts';

/** What the hooks call, by class. */
const PARTS = { reads: InterceptedReads, flights: Flights, coverage: CoverageCounter, rules: RequestRules };

export interface Fault {
  readonly part: keyof typeof PARTS;
  readonly method: string;
}

/** Every method of those classes, found by reflection: one that is added later is planted as well. */
export const FAULTS: readonly Fault[] = Object.entries(PARTS).flatMap(([part, type]) =>
  Object.entries(Object.getOwnPropertyDescriptors(type.prototype))
    .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
    // `fault` is what a guard itself calls; `snapshot` is for whoever looks from outside.
    .filter(([name]) => name !== 'fault' && name !== 'snapshot')
    .map(([method]) => ({ part: part as Fault['part'], method })),
);

/** Makes one method throw until disposed. */
export function plant({ part, method }: Fault, reads: InterceptedReads, rules?: RequestRules): Disposable {
  const target = { reads, rules, flights: reads.flights, coverage: reads.coverage }[part] as
    | Record<string, unknown>
    | undefined;
  if (target === undefined) throw new Error(`There are no ${part} here.`);
  target[method] = () => {
    throw new Error(`planted in ${part}.${method}`);
  };
  return { [Symbol.dispose]: () => delete target[method] };
}
