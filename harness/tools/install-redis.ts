import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { installPackage, lastLine } from './package-manager.ts';
import { REDIS_IMAGE, TOOL_KINDS } from './tool.ts';
import { placeOf, type Workshop, workFolder } from './workshop.ts';

const SERVER_IN_IMAGE = '/usr/local/bin/redis-server';

/**
 * Brings a Redis server: out of a Docker image where a daemon answers, else with the package manager.
 * Answers null, or why it did not work.
 */
export async function installRedis(workshop: Workshop): Promise<string | null> {
  const { host, onStep } = workshop;
  // A Linux program is no use to macOS.
  if (host.platform === 'linux' && (await host.hasDocker())) {
    onStep(`redis: not found; taking redis-server out of the image ${REDIS_IMAGE} with Docker`);
    const failure = await takeFromImage(workshop);
    if (failure === null) return null;
    onStep(`redis: ${failure}`);
  }
  onStep('redis: not found; installing it with the package manager');
  return installPackage(host, { 'apt-get': 'redis-server', dnf: 'redis', brew: 'redis' }, onStep);
}

/**
 * The server runs outside the container then, as one found in PATH would: on the pods' own addresses, and with its
 * memory and CPU read as those of every other process. Fifty containers would be slow to start and hide both.
 */
async function takeFromImage(workshop: Workshop): Promise<string | null> {
  const { host } = workshop;
  const work = workFolder(workshop);
  const copied = join(work, basename(SERVER_IN_IMAGE));
  try {
    await host.copyFromImage(REDIS_IMAGE, SERVER_IN_IMAGE, work);
  } catch (error) {
    return `the image could not be used: ${(error as Error).message}`;
  }
  const check = await host.run(copied, TOOL_KINDS.redis.versionArgs);
  if (!check.ok) return `the redis-server of the image does not run here: ${lastLine(check.output)}`;
  await rename(copied, placeOf(workshop, TOOL_KINDS.redis));
  return null;
}
