import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from 'l1-cache';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import type { Endpoint } from './endpoints.ts';
import { PodDiedError, startTimedOut } from './mesh-errors.ts';

const LOOK_EVERY_MS: Millis = 15;
const START_LIMIT_MS: Millis = 30_000;

/**
 * Resolves when `isReady` says so; rejects when the process ends before. At the limit, 30 s by default, it ends the process
 * and rejects.
 */
export async function waitUntilReady(
  process: OwnedProcess,
  isReady: () => Promise<boolean>,
  limitMs: Millis = START_LIMIT_MS,
): Promise<void> {
  let ended: string | null = null;
  void process.exited.then((how) => {
    ended = how;
  });
  const deadlineMs = performance.now() + limitMs;
  while (!(await isReady())) {
    if (ended !== null) throw new PodDiedError(process, ended);
    if (performance.now() > deadlineMs) {
      await process.stop();
      throw startTimedOut(process, limitMs);
    }
    await delay(LOOK_EVERY_MS);
  }
}

/** Whether something accepts connections there. */
export function accepts({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
