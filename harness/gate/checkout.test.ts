import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { execaSync } from 'execa';
import { checkOut } from './checkout.ts';

const project = mkdtempSync(join(tmpdir(), 'l1bench checkout-'));
after(() => rmSync(project, { recursive: true, force: true }));
const git = (...args: string[]) =>
  execaSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { cwd: project });
const write = (name: string, text: string) => writeFileSync(join(project, name), text);

mkdirSync(join(project, 'node_modules'));
git('init', '--quiet');
write('.gitignore', 'node_modules\n');
write('package-lock.json', '{}');
write('program.ts', 'old');
git('add', '.');
git('commit', '--quiet', '--message', 'Old');
write('program.ts', 'changed and not committed');

test('a ref is written out as it was committed, with the packages of the working tree', async () => {
  const { folder, name } = await checkOut(project, 'HEAD', join(project, 'node_modules', 'base'));
  assert.equal(readFileSync(join(folder, 'program.ts'), 'utf8'), 'old');
  assert.ok(existsSync(join(folder, 'node_modules')));
  assert.match(name, /^HEAD \([0-9a-f]{7,}\)$/);
});

test('the repository notes nothing of it, so that a kill leaves nothing there', async () => {
  await checkOut(project, 'HEAD', join(project, 'node_modules', 'other'));
  assert.equal(git('worktree', 'list').stdout.split('\n').length, 1);
  assert.equal(existsSync(join(project, '.git', 'worktrees')), false);
});

test('a ref that is not there is told by name', async () => {
  await assert.rejects(checkOut(project, 'no-such-ref', join(project, 'node_modules', 'none')), {
    code: 'BASE_UNKNOWN',
    message: /no-such-ref/,
  });
});
