import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from 'l1-cache';

export interface CgroupLimits {
  /** Processors' worth of time; null for no limit. */
  readonly cpus: number | null;
  readonly memoryBytes: Bytes | null;
}

/**
 * The tightest limits of this process's cgroup (version 2) and all above it. No limits where there is no cgroup v2,
 * as on macOS.
 */
export async function readCgroupLimits(
  root = '/sys/fs/cgroup',
  self = '/proc/self/cgroup',
): Promise<CgroupLimits> {
  const own = /^0::(.*)$/m.exec((await readOrNull(self)) ?? '')?.[1] ?? '/';
  let limits: CgroupLimits = { cpus: null, memoryBytes: null };
  for (let path = own; ; path = join(path, '..')) {
    limits = {
      cpus: tighter(limits.cpus, parseCpuMax((await readOrNull(join(root, path, 'cpu.max'))) ?? 'max')),
      memoryBytes: tighter(
        limits.memoryBytes,
        parseMemoryMax((await readOrNull(join(root, path, 'memory.max'))) ?? 'max'),
      ),
    };
    if (path === '/') return limits;
  }
}

/** `cpu.max` holds `<quota> <period>` in microseconds, or `max <period>`. */
export function parseCpuMax(text: string): number | null {
  const [quota = 'max', period = '100000'] = text.trim().split(' ');
  return quota === 'max' ? null : Number(quota) / Number(period);
}

export function parseMemoryMax(text: string): Bytes | null {
  const value = text.trim();
  return value === 'max' ? null : Number(value);
}

function tighter(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** The text of a file of the kernel's; null where there is none. */
export async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}
