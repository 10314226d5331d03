import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execa } from 'execa';
import { said } from './said.ts';

const program = (code: string) => execa(process.execPath, ['--eval', code], { reject: false });

test('waits for words that come in pieces', async () => {
  const running = program(
    'process.stderr.write("rou"); setTimeout(() => console.error("nd 1"), 20); process.stdin.resume()',
  );
  await said(running, 'round 1');
  running.kill('SIGKILL');
});

test('does not wait for a program that has ended without the words', async () => {
  const running = program('console.error("too slow"); process.exitCode = 4');
  await assert.rejects(said(running, 'round 1'), /exit code 4.*\ntoo slow/);
});
