import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Bundles the preload of a checkout's cache into one file in `outFolder`; answers the `NODE_OPTIONS` that load it. */
export async function bundlePreload(sources: string, outFolder: string): Promise<string> {
  const outfile = join(outFolder, 'preload.mjs');
  await build({
    entryPoints: [join(sources, 'cache', 'src', 'preload', 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  });
  // A URL: Node splits its options at the spaces of a path.
  return `--import ${pathToFileURL(outfile).href}`;
}
