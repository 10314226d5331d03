const names: string[] = [];

/** Made once: a string that is used again brings its hash along. */
export function keyName(id: number): string {
  names[id] ??= `k:${id}`;
  return names[id];
}
