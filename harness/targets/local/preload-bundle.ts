import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the preload of a checkout's cache into one file in `outFolder`; answers its path, for `NODE_OPTIONS`. */
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
  return outfile;
}
