import assert from 'node:assert/strict';
import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareSharedMemory } from './layout.ts';
import { SharedMemoryCache } from './shared-memory-cache.ts';
import { folder, preparedFile } from './test-file.ts';

function make(capBytes?: number) {
  const path = preparedFile(capBytes);
  return { path, open: () => new SharedMemoryCache({ path }) };
}

test('a file that a process killed while it cleared left short is whole again', () => {
  const { open, path } = make(256 << 10);
  const { size } = statSync(path);
  using running = open();
  for (const mend of [
    () => void open()[Symbol.dispose](),
    () => void prepareSharedMemory({ path, capBytes: 256 << 10 }),
    () => running.clear(),
  ]) {
    truncateSync(path, 4096);
    mend();
    assert.equal(statSync(path).size, size);
  }
  assert.equal(running.set('a', Buffer.from('x')), 'stored');
});

test('a damaged head is refused, so that it cannot make the file longer', () => {
  const { open, path } = make(256 << 10);
  const { size } = statSync(path);
  for (let at = 0; at < 24; at++) {
    const fd = openSync(path, 'r+');
    const was = Buffer.alloc(1);
    readSync(fd, was, 0, 1, at);
    writeSync(fd, Buffer.from([was[0]! ^ 0x41]), 0, 1, at);
    assert.throws(open, { code: 'L1_BAD_OPTION' });
    assert.equal(statSync(path).size, size);
    writeSync(fd, was, 0, 1, at);
    closeSync(fd);
  }
});

test('the file is open to its group, whatever the umask of the init step', () => {
  const before = process.umask(0o077);
  const { path } = make();
  process.umask(before);
  assert.equal(statSync(path).mode & 0o777, 0o660);
});

test('the init step keeps a file of the same cut, replaces one of another, and refuses what is not its own', () => {
  const path = join(folder, 'prepared');
  assert.equal(prepareSharedMemory({ path, capBytes: 1 << 20 }), 'created');
  {
    using cache = new SharedMemoryCache({ path });
    cache.set('a', Buffer.from('warm'));
  }
  assert.equal(prepareSharedMemory({ path, capBytes: 1 << 20 }), 'kept');
  {
    using cache = new SharedMemoryCache({ path });
    assert.equal(cache.get('a')?.toString(), 'warm');
  }
  assert.equal(prepareSharedMemory({ path, capBytes: 2 << 20 }), 'replaced');
  writeFileSync(path, 'something else entirely, and long enough to be looked at');
  assert.throws(() => prepareSharedMemory({ path, capBytes: 1 << 20 }), { code: 'L1_BAD_OPTION' });
  assert.throws(() => prepareSharedMemory({ path: join(folder, 'x'), capBytes: 10 }), {
    code: 'L1_BAD_OPTION',
  });
  assert.throws(
    () => prepareSharedMemory({ path: join(folder, 'x'), capBytes: 1 << 20, bucketBytes: 5000 }),
    {
      code: 'L1_BAD_OPTION',
    },
  );
});

test('an init step that fails leaves nothing behind', () => {
  const path = join(folder, 'failed');
  assert.throws(() => prepareSharedMemory({ path, capBytes: 2 ** 53 }));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('failed')),
    [],
  );
});
