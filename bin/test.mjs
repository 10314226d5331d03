#!/usr/bin/env node
// Runs every test under Node 24. `npm test -- <path..>` runs only those.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const node = existsSync(own) ? own : process.execPath;
const given = process.argv.slice(2);
const files = given.length > 0 ? given : ['{cache,scenarios,harness,manifests,reports,test}/**/*.test.ts'];
const run = spawnSync(node, ['--conditions=l1-source', '--test', ...files], { stdio: 'inherit' });
process.exit(run.status ?? 1);
