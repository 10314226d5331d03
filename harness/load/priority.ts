import { setPriority } from 'node:os';
import { execa } from 'execa';

/** How the system schedules the load generator: before everything, before the pods, or among them. */
export type Priority = 'real-time' | 'raised' | 'normal';

/** The lowest real-time priority there is goes before every ordinary process. */
const REAL_TIME = 1;
const NICE = -10;

/**
 * Lets this process, all its threads so far, go before what it measures. It stands for another machine, so it must
 * not queue for a core behind the pods it drives; it sleeps almost always. Real-time (`SCHED_RR`, by util-linux's
 * chrt) where the system allows it, else a raised nice level, else nothing: then the lag tells what it cost.
 */
export async function goFirst(): Promise<Priority> {
  const { failed } = await execa(
    'chrt',
    ['--all-tasks', '--rr', '--pid', String(REAL_TIME), String(process.pid)],
    {
      reject: false,
    },
  );
  if (!failed) return 'real-time';
  try {
    setPriority(NICE);
    return 'raised';
  } catch {
    return 'normal';
  }
}
