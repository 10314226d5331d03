import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reasonOf } from './errors.ts';
import { PROJECT_FOLDER } from './project.ts';
import { TOOL_KINDS } from './tools/tool.ts';

const documented = new Set(
  [...readFileSync(join(PROJECT_FOLDER, 'docs', 'errors.md'), 'utf8').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(
    (match) => match[1]!,
  ),
);

function thrownIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(PROJECT_FOLDER, folder, name), 'utf8').matchAll(pattern)])
    .map((match) => match[1]!);
}

const thrown = new Set([
  ...thrownIn('harness', /(?:new BenchError|super)\(\s*'([A-Z0-9_]+)'/g),
  ...thrownIn('scenarios', /new InputError\(\s*'([A-Z0-9_]+)'/g),
  // Made from the tool's name in tools/need-tool.ts.
  ...Object.keys(TOOL_KINDS).flatMap((tool) => [
    `${tool.toUpperCase()}_MISSING`,
    `${tool.toUpperCase()}_TOO_OLD`,
  ]),
]);

test('every error code that is thrown is documented in docs/errors.md', () => {
  assert.deepEqual(
    [...thrown].filter((code) => !documented.has(code)),
    [],
  );
});

test('docs/errors.md documents no code that is never thrown', () => {
  assert.deepEqual(
    [...documented].filter((code) => !thrown.has(code)),
    [],
  );
});

test('an error without a message is told by its kind', () => {
  class TimeoutError extends Error {}
  assert.equal(reasonOf(new TimeoutError()), 'TimeoutError');
  assert.equal(reasonOf(new TimeoutError('5 s are over')), '5 s are over');
});
