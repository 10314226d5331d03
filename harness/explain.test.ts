import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT } from './errors.ts';
import { exitCodeOf, explain } from './explain.ts';

const errno = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: no, open '${path}'`), { code, ...(path !== undefined && { path }) });

test('a disk that fills up and a folder that is read-only are told without a stack', () => {
  for (const [error, code] of [
    [errno('ENOSPC'), 'DISK_FULL'],
    [errno('EROFS', '/mnt/result.json'), 'FILE_REFUSED'],
  ] as const) {
    assert.equal(exitCodeOf(error), EXIT.environment);
    assert.match(explain(error), new RegExp(code));
    assert.doesNotMatch(explain(error), /\n\s+at /);
  }
});

test('a defect keeps its stack and its exit code', () => {
  for (const error of [
    new TypeError('x'),
    errno('EACCES'),
    errno('ENOENT', '/x'),
    'thrown text',
    undefined,
  ]) {
    assert.equal(exitCodeOf(error), 1);
  }
  assert.match(explain(new TypeError('x')), /\n\s+at /);
});
