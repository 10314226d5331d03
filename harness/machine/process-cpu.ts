import { readFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { execa } from 'execa';
import type { Micros } from 'l1-cache';
import { US_PER_TICK } from './proc-stat.ts';

/**
 * CPU time that each process has used so far, user and system, all its threads; 0 for one that is gone.
 * Counted by the kernel in steps of 10 ms: read a difference over many processes or seconds, not over one.
 */
export async function cpuUsedUs(pids: readonly number[]): Promise<readonly Micros[]> {
  return platform === 'linux' ? Promise.all(pids.map(fromProc)) : fromPs(pids);
}

async function fromProc(pid: number): Promise<Micros> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * US_PER_TICK;
  } catch {
    return 0;
  }
}

async function fromPs(pids: readonly number[]): Promise<readonly Micros[]> {
  if (pids.length === 0) return [];
  const { stdout } = await execa('ps', ['-o', 'pid=,time=', '-p', pids.join(',')], { reject: false });
  const usedUs = new Map(
    stdout.split('\n').map((line) => {
      const [pid = '', time = ''] = line.trim().split(/\s+/);
      return [Number(pid), parsePsTimeUs(time)];
    }),
  );
  return pids.map((pid) => usedUs.get(pid) ?? 0);
}

/** `ps` prints `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function parsePsTimeUs(time: string): Micros {
  const [clock = '', days = '0'] = time.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1e6);
}
