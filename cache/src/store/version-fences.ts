import type { Count } from '../units.ts';

const MOST_FENCES: Count = 4096;

/**
 * Remembers the versions that invalidations named, for keys no longer held: a slower reader that comes back with an
 * older value must not store it. Holds the latest 4,096 keys; what falls out is protected by its TTL alone.
 */
export class VersionFences {
  readonly #leastVersion = new Map<string, number>();

  raise(key: string, version: number): void {
    const least = Math.max(version, this.#leastVersion.get(key) ?? version);
    this.#leastVersion.delete(key);
    this.#leastVersion.set(key, least);
    if (this.#leastVersion.size > MOST_FENCES) {
      for (const oldest of this.#leastVersion.keys()) {
        this.#leastVersion.delete(oldest);
        break;
      }
    }
  }

  refuses(key: string, version: number): boolean {
    if (this.#leastVersion.size === 0) return false;
    const least = this.#leastVersion.get(key);
    return least !== undefined && version < least;
  }
}
