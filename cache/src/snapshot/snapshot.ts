import { serialize } from 'node:v8';
// As a whole: the preload holds this too, and an older Node lacks the name.
import * as zlib from 'node:zlib';
import { CacheError } from '../errors.ts';
import type { SetOptions, SetOutcome } from '../options.ts';
import { hottestSlots } from '../store/hottest.ts';
import type { Store } from '../store/store.ts';
import type { Count, Millis } from '../units.ts';
import { deserialized } from './deserialized.ts';

export type SnapshotContents = 'keys' | 'keys-and-values';

/** What became of a snapshot. */
export type RestoreOutcome =
  | 'restored'
  /** Not a snapshot of this library. */
  | 'refused-foreign'
  /** Of a format that this version, or its Node, does not read. */
  | 'refused-format'
  /** Cut off or changed: the checksum differs. */
  | 'refused-corrupt';

export interface RestoreReport {
  readonly outcome: RestoreOutcome;
  /** Entries put into the cache. */
  readonly restored: Count;
  /** Keys without a value that is still good, hottest first: worth a prefetch. */
  readonly keys: readonly string[];
}

/** key, life left in ms, reads lately, version, tags, value (absent in a snapshot of keys). */
type Row<V> = [string, Millis, Count, number | undefined, readonly string[], V?];

/** What follows the header. `lesson`: what the eviction policy had learned, where it learns. */
interface Contents<V> {
  readonly rows: readonly Row<V>[];
  readonly lesson: number | undefined;
}

interface Restorable<V> {
  /** Whether something of the key is held or under way: it is later than anything in a snapshot. */
  knows(key: string): boolean;
  set(key: string, value: V, options: SetOptions): SetOutcome;
  learn(lesson: number): void;
}

const MAGIC = Buffer.from('l1-cache');
const FORMAT = 2;
/** Magic, format (2 bytes), checksum of what follows (4), when it was taken in Unix ms (8). */
const HEADER = MAGIC.length + 14;

/** Writes what is held, hottest first, and who leads the eviction. Cost: every entry is read and serialised in one go. */
export function encodeSnapshot<V>(store: Store<V>, contents: SnapshotContents, unixMs: Millis): Buffer {
  const { entries } = store;
  const nowMs = store.nowMs();
  const rows: Row<V>[] = [];
  for (const slot of hottestSlots(store)) {
    const lifeLeftMs = store.lifetimes.freshUntil(slot) - nowMs;
    if (lifeLeftMs <= 0) continue;
    const row: Row<V> = [
      entries.keys[slot]!,
      lifeLeftMs,
      store.reads(slot),
      entries.version(slot),
      store.tagsOf(slot),
    ];
    if (contents === 'keys-and-values') row.push(entries.values.read(slot));
    rows.push(row);
  }
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  header.writeUInt16LE(FORMAT, MAGIC.length);
  header.writeDoubleLE(unixMs, MAGIC.length + 6);
  const snapshot = Buffer.concat([header, serialized({ rows, lesson: store.lesson } satisfies Contents<V>)]);
  snapshot.writeUInt32LE(zlib.crc32(snapshot.subarray(MAGIC.length + 6)), MAGIC.length + 2);
  return snapshot;
}

/** Puts back what still has life left, hottest first, as regulars, and stops where the budget ends. */
export function restoreSnapshot<V>(
  snapshot: Uint8Array,
  cache: Restorable<V>,
  unixMs: Millis,
): RestoreReport {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const refusal = refusalOf(bytes);
  if (refusal) return { outcome: refusal, restored: 0, keys: [] };
  const contents = deserialized(bytes.subarray(HEADER)) as Contents<V> | undefined;
  if (!contents) return { outcome: 'refused-format', restored: 0, keys: [] };
  // The monotonic clock begins anew with the process; only wall time tells how long it was away.
  const awayMs = Math.max(0, unixMs - bytes.readDoubleLE(MAGIC.length + 6));
  const keys: string[] = [];
  let restored = 0;
  const { rows, lesson } = contents;
  if (lesson !== undefined) cache.learn(lesson);
  for (const row of rows) {
    const [key, lifeLeftMs, reads, version, tags] = row;
    if (cache.knows(key)) continue;
    const ttlMs = lifeLeftMs - awayMs;
    if (row.length < 6 || ttlMs <= 0) {
      keys.push(key);
      continue;
    }
    const known = { ttlMs, tags, frequency: reads, recency: 'oldest', origin: 'restore' } as const;
    const outcome = cache.set(key, row[5] as V, version === undefined ? known : { ...known, version });
    if (outcome === 'refused-no-room') break;
    if (outcome === 'stored') restored++;
  }
  return { outcome: 'restored', restored, keys };
}

function refusalOf(bytes: Buffer): Exclude<RestoreOutcome, 'restored'> | undefined {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return 'refused-foreign';
  if (bytes.length < HEADER) return 'refused-corrupt';
  if (bytes.readUInt16LE(MAGIC.length) !== FORMAT) return 'refused-format';
  const checksum = bytes.readUInt32LE(MAGIC.length + 2);
  return zlib.crc32(bytes.subarray(MAGIC.length + 6)) === checksum ? undefined : 'refused-corrupt';
}

function serialized(contents: unknown): Buffer {
  try {
    return serialize(contents);
  } catch (cause) {
    throw new CacheError(
      'L1_BAD_SNAPSHOT',
      'A value held cannot be written down (a function, or an object with one); take a snapshot of the keys alone.',
      { cause },
    );
  }
}
