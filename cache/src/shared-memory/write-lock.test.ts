import assert from 'node:assert/strict';
import fs, {
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { withWriteLock } from './write-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'l1-lock-'));
after(() => rmSync(folder, { recursive: true }));

/** Lets another do something in the moment before this process moves a lock aside. */
function beforeRename(t: TestContext, act: () => void): void {
  const { renameSync: rename } = fs;
  t.mock.method(fs, 'renameSync', (from: string, to: string) => {
    act();
    rename(from, to);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

function abandoned(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  utimesSync(path, 1, 1);
  return path;
}

/** Stands still so long that others hold this process for killed, and one takes the lock. */
function stopWhileAnotherTakes(path: string): void {
  renameSync(path, `${path}.taken`);
  writeFileSync(path, '');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
}

test('of two who find the same lock abandoned, one takes it and the other leaves the new one alone', (t) => {
  const path = abandoned('two');
  let takenMs = Number.NaN;
  beforeRename(t, () => {
    if (!Number.isNaN(takenMs)) return;
    rmSync(path);
    writeFileSync(path, '');
    takenMs = performance.now();
  });
  // The other never gives its lock back, so this one waits until it counts as killed too.
  withWriteLock(path, () => () => assert.ok(performance.now() - takenMs > 90));
  assert.equal(existsSync(path), false);
});

test('a writer that was stopped until its lock was taken over begins anew', () => {
  const path = join(folder, 'stopped');
  const did: string[] = [];
  withWriteLock(path, () => {
    did.push('prepare');
    if (did.length === 1) stopWhileAnotherTakes(path);
    return () => did.push('write');
  });
  assert.deepEqual(did, ['prepare', 'prepare', 'write']);
});

test('a writer leaves the lock of the one that took over', () => {
  const path = join(folder, 'left');
  let theirs = 0;
  withWriteLock(path, () => () => {
    stopWhileAnotherTakes(path);
    theirs = statSync(path).ino;
  });
  assert.equal(statSync(path).ino, theirs);
});

test('where a lock may not be taken away the write fails instead of waiting for ever', (t) => {
  const path = abandoned('not-permitted');
  beforeRename(t, () => {
    throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
  });
  assert.throws(() => withWriteLock(path, () => () => {}), { code: 'EPERM' });
});
