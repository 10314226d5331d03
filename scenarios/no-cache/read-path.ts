import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** Asks the owning service for every read; whoever stands on the way may answer in its place. */
export async function open({ ask, fetchFromOrigin }: ReadPathContext): Promise<ReadPath> {
  return {
    readNow: () => undefined,
    read: async (_key, at) =>
      ask === undefined ? { value: await fetchFromOrigin(at), outcome: 'origin' } : ask(at),
    contents: () => ({ entries: 0, payloadBytes: 0, chargedBytes: 0 }),
    clear: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
