import type { Host } from './host.ts';
import { installPackage } from './package-manager.ts';

/** Installs a Redis server. Answers null, or why it did not work. */
export function installRedis(host: Host, onStep: (step: string) => void): Promise<string | null> {
  onStep('redis: not found, and no Docker daemon answers; installing it with the package manager');
  return installPackage(host, { 'apt-get': 'redis-server', dnf: 'redis', brew: 'redis' }, onStep);
}
