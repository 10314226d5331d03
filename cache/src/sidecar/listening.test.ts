import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startSidecar } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'l1-listening-'));
after(() => rmSync(folder, { recursive: true }));

test('a socket file left behind is taken over, one in use is not', async () => {
  const left = join(folder, 'left.sock');
  const first = await startSidecar({ budgetBytes: 1 << 20, socketPath: left });
  await assert.rejects(startSidecar({ budgetBytes: 1 << 20, socketPath: left }), { code: 'L1_BAD_OPTION' });
  await first[Symbol.asyncDispose]();
  const second = await startSidecar({ budgetBytes: 1 << 20, socketPath: left });
  await second[Symbol.asyncDispose]();
});

test('where one of two places is taken it listens at neither', async () => {
  await using taken = await startSidecar({ budgetBytes: 1 << 20, port: 0 });
  const both = { budgetBytes: 1 << 20, socketPath: join(folder, 'neither.sock'), port: taken.port! };
  await assert.rejects(startSidecar(both), { code: 'EADDRINUSE' });
  assert.equal(existsSync(both.socketPath), false);
});

test('connections that cannot be accepted do not end the server', async (t) => {
  const { mock } = t.mock.method(net, 'createServer');
  syncBuiltinESMExports();
  await using _other = await startSidecar({ budgetBytes: 1 << 20, port: 0 });
  mock.restore();
  syncBuiltinESMExports();
  for (const code of ['ENOMEM', 'ENOBUFS'])
    mock.calls[0]!.result!.emit('error', Object.assign(new Error(`accept ${code}`), { code }));
});

test('a file that is no socket is refused and stays', async () => {
  const file = join(folder, 'precious');
  writeFileSync(file, 'x');
  await assert.rejects(startSidecar({ budgetBytes: 1 << 20, socketPath: file }), { code: 'L1_BAD_OPTION' });
  assert.ok(existsSync(file));
});
