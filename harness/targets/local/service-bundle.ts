import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** What is bundled: a program of one checkout, with the cache of the same checkout. */
export interface ProgramSource {
  /** Root of the checkout. */
  readonly sources: string;
  /** The program, as a path. */
  readonly program: string;
}

/** The mesh's service program of a checkout. */
export function serviceOf(sources: string): ProgramSource {
  return { sources, program: join(sources, 'scenarios', 'service', 'main.ts') };
}

/**
 * Bundles a program into JavaScript files in `outFolder`; answers the one to start. Fifty processes that each
 * strip types and resolve a tree of modules would start slowly and be larger; what only one scenario needs (a Redis
 * client) is a file of its own, loaded with that scenario. A compile cache was tried and saves nothing: for ES
 * modules it holds only what is compiled before anything runs.
 */
export async function bundleProgram({ sources, program }: ProgramSource, outFolder: string): Promise<string> {
  const outdir = join(outFolder, 'program');
  await build({
    entryPoints: { main: program },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['l1-source'],
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
    plugins: [requireBuiltins, cacheOf(sources)],
    // An ES module has no require of its own.
    banner: {
      js: "import{createRequire as l1benchRequire}from'node:module';const require=l1benchRequire(import.meta.url);",
    },
  });
  return join(outdir, 'main.mjs');
}

/**
 * Loads Node's own modules with require. Importing `node:http` reads all its exports, among them a getter that
 * loads Node's inner copy of undici: 6 MiB in every pod for a WebSocket that nobody opens.
 */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup(builder) {
    builder.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace: 'builtin' } : null,
    );
    builder.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** Two checkouts share their packages, but each runs its own cache: the entry points that its package.json names. */
function cacheOf(sources: string): Plugin {
  const folder = join(sources, 'cache');
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, { 'l1-source': string }>;
  };
  return {
    name: 'cache-of-the-checkout',
    setup(builder) {
      builder.onResolve({ filter: /^l1-cache(\/|$)/ }, ({ path }) => {
        const entry = exports[path.replace('l1-cache', '.')];
        return entry === undefined ? null : { path: join(folder, entry['l1-source']) };
      });
    },
  };
}
