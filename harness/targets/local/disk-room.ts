import { statfs } from 'node:fs/promises';
import type { Bytes } from 'l1-cache';
import { BenchError, EXIT } from '../../errors.ts';

const MIB = 1024 * 1024;
/** Bundle, compile cache, configurations and logs of 50 pods take about 20 MiB; the rest is for logs to grow. */
const NEEDED_BYTES: Bytes = 200 * MIB;

/** @throws {BenchError} `DISK_FULL` when the disk of `folder` has less room than a deployment needs. */
export async function needDiskRoom(
  folder: string,
  freeBytesOf: (folder: string) => Promise<Bytes> = freeBytes,
): Promise<void> {
  const free = await freeBytesOf(folder);
  if (free >= NEEDED_BYTES) return;
  throw diskFull(
    `${Math.floor(free / MIB)} MiB are free under ${folder}; a deployment needs ${NEEDED_BYTES / MIB} MiB.`,
  );
}

/** Turns "no space left on device", met anywhere while deploying, into the one clear error; passes others on. */
export function explainDiskFull(error: unknown): unknown {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC'
    ? diskFull(`The disk ran full while deploying: ${(error as Error).message}.`, error)
    : error;
}

async function freeBytes(folder: string): Promise<Bytes> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function diskFull(message: string, cause?: unknown): BenchError {
  return new BenchError('DISK_FULL', message, {
    hint: 'Free some room, or run "l1bench clean" to remove what earlier runs left.',
    exitCode: EXIT.environment,
    cause,
  });
}
