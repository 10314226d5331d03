/**
 * What undici says when no answer came in time. Its own classes take an error for theirs by these symbols, whichever
 * copy of undici they are of.
 */
export class CallerTimeout extends Error {
  readonly code: string;

  constructor(part: 'Headers' | 'Body') {
    super(`${part} Timeout Error`);
    this.name = `${part}TimeoutError`;
    this.code = `UND_ERR_${part.toUpperCase()}_TIMEOUT`;
    for (const kind of ['UND_ERR', this.code])
      Object.defineProperty(this, Symbol.for(`undici.error.${kind}`), { value: true });
  }
}
