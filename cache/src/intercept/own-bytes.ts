/**
 * These parts in one piece of memory of its own. `Buffer.from` and `concat` cut small pieces from a block of 64 KiB,
 * all of which would stay as long as one of them is kept.
 */
export function ownBytes(parts: readonly Uint8Array[]): Buffer {
  let sizeBytes = 0;
  for (const part of parts) sizeBytes += part.byteLength;
  const whole = Buffer.allocUnsafeSlow(sizeBytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
