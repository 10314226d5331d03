import { readdirSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheContents, ReadPath, ReadPathContext } from '../read-path.ts';

/** Asks the owning service for every read, by the way through the sidecar on which Envoy caches. */
export async function open({ proxyCache }: ReadPathContext): Promise<ReadPath> {
  if (proxyCache === undefined) {
    throw new Error(
      'envoy-cache is a filter in the pod’s Envoy, and this pod has none that caches: it needs a mesh of Envoys (l1bench setup fetches one) that was deployed for this scenario',
    );
  }
  const { ask, folder } = proxyCache;
  return {
    readNow: () => undefined,
    read: (_key, at) => ask(at),
    contents: () => contentsOf(folder),
    // Envoy has no call for it. It looks for a file at every read, so that one taken away is a miss.
    async clear() {
      for (const name of await readdir(folder)) await rm(join(folder, name), { force: true });
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** One file an answer, its headers with it; how much of it is payload Envoy does not tell. */
function contentsOf(folder: string): CacheContents {
  const names = readdirSync(folder);
  const chargedBytes = names.reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  return { entries: names.length, payloadBytes: 0, chargedBytes };
}
