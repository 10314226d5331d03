import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:process';

/** One process for good: a pid alone can be given again to another process. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the operating system's own words; only good for comparing. */
  readonly startedAt: string;
}

/** Who runs under this pid now; null when nobody does, or only a zombie that waits to be reaped. */
export function identify(pid: number): ProcessIdentity | null {
  const startedAt = platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startedAt === identity.startedAt;
}

/** Kills exactly this process; does nothing when it is gone or its pid belongs to another. */
export function kill(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Field 22 of /proc/PID/stat: clock ticks since boot. The name (field 2) may hold spaces and brackets. A zombie whose
 * other threads (field 20) have not ended yet still holds its ports, so it is not gone.
 */
function startFromProc(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isGone = state === 'X' || (state === 'Z' && Number(rest[16]) <= 1);
  return isGone ? null : (rest[18] ?? null);
}

function startFromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state = '', ...started] = line.split(/\s+/);
    return line === '' || state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}
