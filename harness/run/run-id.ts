/**
 * Names a run: when it started, which profile, and four characters that tell runs of the same second apart.
 * Sorts by time. `nonce` is any random number between 0 and 1.
 */
export function runIdOf(startedAt: Date, profile: string, nonce: number): string {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const tail = Math.floor(nonce * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${stamp}-${profile}-${tail}`;
}
