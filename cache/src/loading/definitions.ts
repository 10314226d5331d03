import type { Clock } from '../clock.ts';
import type { Definition } from '../options.ts';
import { OriginProtection } from './protection.ts';

/** A definition with the protection of its origin. */
export interface Defined<V> extends Omit<Definition<V>, 'protection'> {
  readonly prefix: string;
  readonly protection: OriginProtection;
}

/** Loaders by key prefix; the longest prefix that fits is the one. Cost of a look-up: one comparison a definition. */
export class Definitions<V> {
  readonly #defined: Defined<V>[] = [];

  add(prefix: string, definition: Definition<V>, shared: OriginProtection, clock: Clock): void {
    const protection = definition.protection ? new OriginProtection(definition.protection, clock) : shared;
    const at = this.#defined.findIndex((defined) => defined.prefix === prefix);
    if (at >= 0) this.#defined.splice(at, 1);
    this.#defined.push({ ...definition, prefix, protection });
    this.#defined.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  of(key: string): Defined<V> | undefined {
    for (const defined of this.#defined) if (key.startsWith(defined.prefix)) return defined;
    return undefined;
  }
}
