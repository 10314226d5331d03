import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Measurement, RunLog } from './run-log.ts';

const root = mkdtempSync(join(tmpdir(), 'l1bench-log-'));
after(() => rmSync(root, { recursive: true, force: true }));

const block = (scenario: string) => ({ kind: 'block', value: { scenario } }) as Measurement;
const scenariosIn = ({ measured }: RunLog): string[] => measured.blocks.map(({ scenario }) => scenario);

test('a run that begins in the folder of another takes none of its measurements for its own', () => {
  const folder = join(root, 'twice');
  new RunLog(folder, 'begins').add(block('first'));
  const second = new RunLog(folder, 'begins');
  second.add(block('second'));
  assert.deepEqual([scenariosIn(second), second.readBack], [['second'], 0]);
  assert.deepEqual(scenariosIn(new RunLog(folder, 'goes-on')), ['second']);
});

test('what is measured after half a line of a killed process is not lost to it', () => {
  const folder = join(root, 'killed');
  new RunLog(folder, 'begins').add(block('é whole'));
  appendFileSync(join(folder, 'measurements.ndjson'), JSON.stringify(block('half')).slice(0, 20));
  new RunLog(folder, 'goes-on').add(block('after'));
  assert.deepEqual(scenariosIn(new RunLog(folder, 'goes-on')), ['é whole', 'after']);
});
