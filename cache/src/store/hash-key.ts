/**
 * A seeded 32-bit hash of a key: FNV-1a over UTF-16 units with murmur3's finaliser.
 * The seed is secret to the process by default, so that nobody can choose keys that collide in a sketch.
 */
export function hashKey(key: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
