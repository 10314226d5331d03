/** Stands in for the store's key hash where tests number their keys. */
export function spread(key: number): number {
  let h = Math.imul(key + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
