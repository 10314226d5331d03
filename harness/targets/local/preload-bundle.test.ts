import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { PROJECT_FOLDER } from '../../project.ts';
import { bundlePreload } from './preload-bundle.ts';

test('a preload is loaded from a folder whose name has spaces', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'l1bench with spaces-'));
  try {
    const NODE_OPTIONS = await bundlePreload(PROJECT_FOLDER, folder);
    const { stdout } = await execa(process.execPath, ['-p', '1 + 1'], { env: { NODE_OPTIONS } });
    assert.equal(stdout, '2');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
