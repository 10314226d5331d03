import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Bytes } from '../units.ts';
import { prepareSharedMemory } from './layout.ts';

/** In memory where there is a folder for it; gone after the tests. */
export const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'l1-shared-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

/** The path of a prepared file of its own. */
export function preparedFile(capBytes: Bytes = 1 << 20, bucketBytes: Bytes = 4096): string {
  const path = join(folder, `cache${files++}`);
  prepareSharedMemory({ path, capBytes, bucketBytes });
  return path;
}
