import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { it } from 'node:test';
import { listMarked } from '../journal/marked-processes.ts';
import { executables, temporaryRun } from '../targets/local/testing/small-mesh.ts';
import { measurePayloadCost } from './payload-cost.ts';

const { redis } = await executables();
const skip =
  redis === null || process.platform !== 'linux'
    ? 'needs Linux and redis-server: run "l1bench setup"'
    : false;

it('names the process that fills when the system kills it, and leaves none behind', { skip }, async () => {
  using run = temporaryRun();
  const runs = dirname(run.folder);
  const fillers = () =>
    listMarked(runs).filter(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('filling'));
  const measuring = measurePayloadCost(run, redis!, 'in-process-l1');
  const said = assert.rejects(measuring, {
    code: 'POD_DIED',
    message: 'The process that fills the cache of in-process-l1 died (SIGKILL).',
  });
  while (fillers().length === 0) await new Promise(setImmediate);
  for (const { pid } of fillers()) process.kill(pid, 'SIGKILL');
  await said;
  assert.deepEqual(listMarked(runs), []);
});

it('does not measure what the user has in NODE_OPTIONS', { skip }, async (t) => {
  using run = temporaryRun();
  const before = process.env.NODE_OPTIONS;
  t.after(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  });
  process.env.NODE_OPTIONS = '--import /no/such/agent.mjs';
  const cost = await measurePayloadCost(run, redis!, 'in-process-l1');
  assert.ok(cost!.fullBytes - cost!.emptyBytes > 0.9 * cost!.payloadBytes);
  assert.ok(cost!.payloadBytes >= 64 * 2 ** 20);
});
