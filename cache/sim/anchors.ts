import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTrace } from './read-trace.ts';
import type { Trace } from './trace.ts';

/** The traces that other projects publish; beside the repository, never in it. */
export const TRACES_FOLDER = fileURLToPath(new URL('../../../shared/traces/', import.meta.url));
const ANCHORS_FILE = 'HIT-RATIO-ANCHORS.tsv';

/** One cell of the reference table: what others reach on a trace at a size. */
export interface Anchor {
  readonly trace: string;
  readonly entries: number;
  readonly beladyPercent: number;
  readonly lruPercent: number;
  readonly bestOnlinePercent: number;
  readonly bestPolicy: string;
}

const FILES: Readonly<Record<string, string>> = {
  OLTP: 'OLTP.lis.zst',
  'corda-small': 'corda-vaultservice.zst',
  loop: 'loop.trace.zst',
  'orm-busy': 'orm-busy.trace.zst',
  w106: 'w106.trace.zst',
  web07: 'web07.trace.zst',
};

/** The reference cells, or none where the folder of traces is absent. */
export function readAnchors(folder = TRACES_FOLDER): Anchor[] {
  const file = join(folder, ANCHORS_FILE);
  if (!existsSync(file)) return [];
  const [header, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const columns = (header as string).split('\t');
  return rows.map((row) => {
    const fields = row.split('\t');
    const field = (column: string): string => fields[columns.indexOf(column)] as string;
    return {
      trace: field('trace'),
      entries: Number(field('entries')),
      beladyPercent: Number(field('optimal_belady')),
      lruPercent: Number(field('lru')),
      bestOnlinePercent: Number(field('best_online')),
      bestPolicy: field('best_policy'),
    };
  });
}

/** The trace of that name in the reference table; undefined when there is none or its file is absent. */
export async function readAnchorTrace(name: string, folder = TRACES_FOLDER): Promise<Trace | undefined> {
  if (name === 'corda-loop-corda') {
    const corda = await readAnchorTrace('corda-small', folder);
    const loop = await readAnchorTrace('loop', folder);
    return corda && loop && { ...concatenate(corda, loop), name };
  }
  const file = FILES[name];
  if (file === undefined || !existsSync(join(folder, file))) return undefined;
  return { ...(await readTrace(join(folder, file))), name };
}

/** The name under which the reference table knows a trace. */
export function anchorName(traceName: string): string {
  return traceName === 'corda-vaultservice' ? 'corda-small' : traceName;
}

// A phase change: the first trace, five times the second, the first again.
function concatenate(first: Trace, second: Trace): Omit<Trace, 'name'> {
  const shifted = second.keys.map((key) => key + first.distinctKeys);
  const parts = [first.keys, shifted, shifted, shifted, shifted, shifted, first.keys];
  const keys = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    keys.set(part, at);
    at += part.length;
  }
  return { keys, distinctKeys: first.distinctKeys + second.distinctKeys };
}
