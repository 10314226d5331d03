import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { it } from 'node:test';
import { BenchError } from '../../errors.ts';
import { explainDiskFull, needDiskRoom } from './disk-room.ts';

it('says before it starts anything that the disk has too little room', async () => {
  const freeBytesOf = async () => 12 * 1024 * 1024;
  await assert.rejects(needDiskRoom('/some/project', freeBytesOf), (error) => {
    assert.ok(error instanceof BenchError);
    assert.equal(error.code, 'DISK_FULL');
    assert.equal(error.exitCode, 3);
    assert.match(error.message, /^12 MiB are free under \/some\/project; a deployment needs 200 MiB/);
    return true;
  });
});

it('asks the file system how much room there is', async () => {
  await assert.rejects(needDiskRoom('/no/such/folder'), { code: 'ENOENT' });
});

it('turns a write that found the disk full into the same error', {
  skip: process.platform !== 'linux',
}, () => {
  let met: unknown;
  try {
    writeFileSync('/dev/full', 'x');
  } catch (error) {
    met = explainDiskFull(error);
  }
  assert.ok(met instanceof BenchError);
  assert.equal(met.code, 'DISK_FULL');
});

it('passes other errors on as they are', () => {
  const error = new Error('something else');
  assert.equal(explainDiskFull(error), error);
});
