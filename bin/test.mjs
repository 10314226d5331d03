#!/usr/bin/env node
// Runs every test under Node 24. `npm test -- <path..>` runs only those.
import { spawnSync } from 'node:child_process';
import { ownNode } from './own-node.mjs';

const given = process.argv.slice(2);
const files = given.length > 0 ? given : ['{cache,scenarios,harness,manifests,reports,test}/**/*.test.ts'];
const run = spawnSync(ownNode(), ['--conditions=l1-source', '--test', ...files], { stdio: 'inherit' });
process.exit(run.status ?? 1);
