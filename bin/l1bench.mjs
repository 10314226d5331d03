#!/usr/bin/env node
// Runs the CLI under the Node 24 that `npm ci` brought, whatever Node started this file.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ownNode } from './own-node.mjs';

const main = fileURLToPath(new URL('../harness/main.ts', import.meta.url));
// Types are stripped once, not at every start.
const compiled = fileURLToPath(new URL('../.l1bench/compile-cache', import.meta.url));
const child = spawn(ownNode(), ['--conditions=l1-source', main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: compiled, ...process.env },
});
// Ctrl-C reaches the child from the terminal itself; this process only waits for it to clean up.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => child.kill('SIGHUP'));
child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
