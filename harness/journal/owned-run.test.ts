import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openRun, runsFolderOf } from './owned-run.ts';

const project = mkdtempSync(join(tmpdir(), 'l1bench-owned-'));
after(() => rmSync(project, { recursive: true, force: true }));

it('is not opened a second time while it goes, and says who has it', () => {
  using _first = openRun(project, 'run-1');
  const error = { code: 'RUN_NOT_RESUMABLE', message: new RegExp(`process ${process.pid}`) };
  assert.throws(() => openRun(project, 'run-1'), error);
  assert.deepEqual(readdirSync(runsFolderOf(project)), ['run-1']);
});
