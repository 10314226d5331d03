#!/usr/bin/env node
// Runs the CLI under the Node 24 that `npm ci` brought, whatever Node started this file.
import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { ownNode } from './own-node.mjs';

const main = fileURLToPath(new URL('../harness/main.ts', import.meta.url));
// Types are stripped once, not at every start.
const compiled = fileURLToPath(new URL('../.l1bench/compile-cache', import.meta.url));
const outlivesTerminal = looksLikeNohup();
const child = spawn(ownNode(), ['--conditions=l1-source', main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  // A session of its own: the end of a terminal reaches none of the programs of a run.
  detached: outlivesTerminal,
  env: { NODE_COMPILE_CACHE: compiled, ...process.env },
});
// Ctrl-C at a terminal reaches the child too; a signal that comes twice within a moment counts once there.
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const name of PASSED_ON) {
  process.on(name, () => {
    if (name === 'SIGHUP' && outlivesTerminal) return;
    child.kill(name);
  });
}
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  if (PASSED_ON.includes(signal)) process.exit(130);
  console.error(`error l1bench was ended by ${signal}.
hint  SIGKILL and SIGABRT are often a lack of memory (see dmesg). What it left behind: l1bench clean`);
  process.exit(1);
});

/**
 * Node forgets at its start that nohup had SIGHUP ignored. What else nohup leaves: none of the three streams is a terminal,
 * and output goes to files.
 */
function looksLikeNohup() {
  const goesToFile = (fd) => fstatSync(fd).isFile() || fstatSync(fd).isCharacterDevice();
  return ![0, 1, 2].some((fd) => isatty(fd)) && [1, 2].every(goesToFile);
}
