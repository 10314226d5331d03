import type { Bytes, Millis } from 'l1-cache';
import { createRng, hashWith, mix32, unit } from '../random.ts';
import type { ReadKey } from '../read-path.ts';
import { DOMAIN_INDEX } from '../topology/domains.ts';
import type { Domain } from '../topology/topology.ts';

/** User numbers start here, as account numbers do; a profile's id is a user number. */
export const FIRST_USER_ID = 1_000_000;

/** Spread of the log-normal value sizes: two thirds lie between median / 1.8 and median · 1.8. */
const SIZE_SIGMA = 0.6;

/** What every value is padded from; a slice of it costs no copy. */
const PADDING = padding(32_768);

/** The user that a session belongs to: fixed for the session's life, spread over all profiles of an owner. */
export function userIdOf(
  seed: number,
  sessionOwner: number,
  sessionId: number,
  profileCount: number,
): number {
  return FIRST_USER_ID + (hashWith(hashWith(mix32(seed), sessionOwner), sessionId) % profileCount);
}

/** Size of a key's value as JSON; the same for all its versions. */
export function valueBytes(seed: number, domain: Domain, at: ReadKey): Bytes {
  const hash = hashWith(hashWith(hashWith(seed, DOMAIN_INDEX[at.domain] + 100), at.owner), at.id);
  // One normal number from two uniform ones (Box and Muller).
  const radius = Math.sqrt(-2 * Math.log(1 - unit(hash)));
  const normal = radius * Math.cos(2 * Math.PI * unit(hashWith(hash, 1)));
  return Math.min(domain.maxValueBytes, Math.round(domain.medianValueBytes * Math.exp(SIZE_SIGMA * normal)));
}

/**
 * The stamped value of a key as JSON text of `valueBytes` bytes, or a little more where that is under the bare
 * fields. ASCII only, so characters are bytes. `updatedAtMs` is when the version came to be; absent, it is not told.
 */
export function stampedJson(
  seed: number,
  domain: Domain,
  at: ReadKey,
  version: number,
  profileCount: number,
  updatedAtMs?: Millis,
): string {
  const user = at.domain === 'session' ? `"userId":${userIdOf(seed, at.owner, at.id, profileCount)},` : '';
  const updated = updatedAtMs === undefined ? '' : `"updatedAt":${Math.round(updatedAtMs)},`;
  const head = `{"version":${version},${updated}${user}"data":"`;
  const size = Math.max(0, valueBytes(seed, domain, at) - head.length - 2);
  const start = hashWith(version | 0, at.id) % (PADDING.length - size);
  return `${head}${PADDING.slice(start, start + size)}"}`;
}

function padding(length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const rng = createRng(0x70616464);
  let text = '';
  while (text.length < length) text += alphabet[Math.floor(rng() * alphabet.length)];
  return text;
}
