import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SERVICE_PROGRAM = fileURLToPath(new URL('../../../scenarios/service/main.ts', import.meta.url));

/**
 * Bundles the service program into one JavaScript file in `folder` and answers its path. Fifty processes that each
 * strip types and resolve a tree of modules would start slowly and carry the stripper's memory along.
 */
export async function bundleService(folder: string, program: string = SERVICE_PROGRAM): Promise<string> {
  const outfile = join(folder, 'service.mjs');
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['l1-source'],
    minifyWhitespace: true,
    logLevel: 'error',
    // CommonJS dependencies call require for Node's own modules, which an ES module does not have.
    banner: {
      js: "import{createRequire as l1benchRequire}from'node:module';const require=l1benchRequire(import.meta.url);",
    },
  });
  return outfile;
}
