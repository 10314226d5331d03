import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { RunRequest } from './execute.ts';
import { needSameVersions, readRequest, writeRequest } from './request-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'l1bench-request-'));
after(() => rm(folder, { recursive: true, force: true }));

const request = { runId: 'run-1', mesh: 'none', driver: 'open-loop' } as RunRequest;
const versions = { l1bench: '0.1.0', commit: 'abc', node: '24', redis: '7', envoy: null, k6: null };

test('a run goes on with the versions it was begun with', async () => {
  await writeRequest({ request, versions }, folder);
  const begun = await readRequest(folder);
  assert.deepEqual(begun, { request, versions });
  needSameVersions(begun, versions);
});

test('a run does not go on with another version of what it uses, and says of what', () => {
  const begun = { request, versions };
  assert.throws(() => needSameVersions(begun, { ...versions, commit: 'def' }), {
    code: 'RUN_NOT_RESUMABLE',
    message: 'The run was begun with commit abc, and this is def.',
  });
  assert.throws(() => needSameVersions(begun, { ...versions, redis: '8' }), /redis 7/);
});

test('what the run does not use may have changed', () => {
  needSameVersions({ request, versions }, { ...versions, envoy: '1.40.0', k6: '2.2.0' });
});

test('a request that another version wrote is no run to go on with', async () => {
  await writeFile(join(folder, 'request.json'), JSON.stringify(request));
  await assert.rejects(readRequest(folder), { code: 'RUN_NOT_RESUMABLE' });
});
