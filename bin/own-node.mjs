// The Node 24 that everything runs under, whatever Node started the command.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const FIRST_MAJOR = 24;

/** Where it is: the one that `npm ci` brought, else this process's own if that is new enough. Ends the process with 3 where neither is. */
export function ownNode() {
  if (existsSync(own)) return own;
  if (Number.parseInt(process.versions.node, 10) >= FIRST_MAJOR) return process.execPath;
  console.error(`error Node ${FIRST_MAJOR} is not in node_modules, and this is Node ${process.versions.node}.
hint  npm ci brings it, unless install scripts are switched off; then: npm rebuild node --ignore-scripts=false`);
  process.exit(3);
}
