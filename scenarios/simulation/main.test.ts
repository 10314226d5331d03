import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

test('the simulated mesh warms: hits rise in every arm, and one cache for all pods hits more than one a pod', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=l1-source',
    MAIN,
    '--rate=100',
    '--seconds=20',
    '--seeds=1',
  ]);
  const hits = [...stdout.matchAll(/hits {2}%(.*)/g)].map((line) => line[1]!.trim().split(/\s+/).map(Number));
  assert.equal(hits.length, 3);
  for (const series of hits) {
    assert.equal(series.length, 4);
    assert.ok(series[3]! > series[0]! + 5, series.join(' '));
  }
  const [perPod, , shared] = hits.map((series) => series[3]!);
  assert.ok(shared! > perPod!);
});
