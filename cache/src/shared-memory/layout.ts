import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { CacheError } from '../errors.ts';
import type { Bytes, Count } from '../units.ts';
import { checksum } from './checksum.ts';

const MAGIC = 0x4d53314c;
const VERSION = 3;
/** Words of the superblock: magic, version, bucket size, buckets, salt. The next one is their checksum. */
const FIELDS = 5;
/** The superblock has the first page; buckets follow. */
export const SUPERBLOCK_BYTES: Bytes = 4096;

/** How the file is cut. Every process reads it from the file itself. */
export interface Layout {
  readonly bucketBytes: Bytes;
  readonly buckets: Count;
  /** Mixed into every checksum, so that no value can pass for an entry. */
  readonly salt: number;
}

export interface PrepareOptions {
  /** A file in memory-backed storage: under `/dev/shm`, or an `emptyDir` with `medium: Memory`. */
  readonly path: string;
  /** Size of the file, which it never outgrows. Pages are charged as they are written. */
  readonly capBytes: Bytes;
  /**
   * Size of one bucket: a power of two from 4 KiB to 64 KiB. The largest entry is a 64th less than that; a read copies
   * one bucket. Default: 4096.
   */
  readonly bucketBytes?: Bytes;
}

/** What an init step found. */
export type Prepared = 'created' | 'kept' | 'replaced';

/**
 * Makes the file ready before the pod's processes start. A file of the same cut is kept with all it holds (a warm
 * start); one of another cut is replaced. Safe to run more than once and by several processes at a time.
 * @throws {CacheError} `L1_BAD_OPTION`
 */
export function prepareSharedMemory(options: PrepareOptions): Prepared {
  const { path, capBytes, bucketBytes = 4096 } = options;
  if (bucketBytes < 4096 || bucketBytes > 65536 || (bucketBytes & (bucketBytes - 1)) !== 0)
    throw bad(`bucketBytes is ${bucketBytes}: use a power of two from 4096 to 65536.`);
  const buckets = Math.floor((capBytes - SUPERBLOCK_BYTES) / bucketBytes);
  if (!(buckets >= 1)) throw bad(`capBytes is ${capBytes}: use at least ${SUPERBLOCK_BYTES + bucketBytes}.`);
  const held = layoutOf(path);
  if (held?.bucketBytes === bucketBytes && held.buckets === buckets) return 'kept';

  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    make(fresh, { bucketBytes, buckets, salt: randomBytes(4).readUInt32LE() });
    if (held !== undefined) {
      renameSync(fresh, path);
      return 'replaced';
    }
    // A link, because it fails where another process was faster; a rename would take that one's file away.
    linkSync(fresh, path);
    return 'created';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return 'kept';
  } finally {
    rmSync(fresh, { force: true });
  }
}

function make(path: string, layout: Layout): void {
  const { bucketBytes, buckets, salt } = layout;
  const fd = openSync(path, 'wx', 0o660);
  try {
    const words = new Uint32Array(SUPERBLOCK_BYTES / 4);
    words.set([MAGIC, VERSION, bucketBytes, buckets, salt]);
    words[FIELDS] = checksum(words, 0, FIELDS, MAGIC);
    writeSync(fd, words, 0, SUPERBLOCK_BYTES, 0);
    ftruncateSync(fd, fileBytes(layout));
    // Whatever the umask of the init step: the pod's processes may run as other users of its group.
    fchmodSync(fd, 0o660);
  } finally {
    closeSync(fd);
  }
}

/** How long the whole file is. */
export function fileBytes({ bucketBytes, buckets }: Pick<Layout, 'bucketBytes' | 'buckets'>): Bytes {
  return SUPERBLOCK_BYTES + buckets * bucketBytes;
}

/**
 * Gives a file its length back that a process killed while it cleared left short: what is missing holds nothing.
 * @throws {CacheError} `L1_BAD_OPTION` when the file is of another make.
 */
export function readLayout(fd: number, path: string): Layout {
  const words = new Uint32Array(FIELDS + 1);
  const length = readSync(fd, words, 0, words.byteLength, 0);
  const [magic, version, bucketBytes, buckets, salt] = words as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isWhole = length === words.byteLength && checksum(words, 0, FIELDS, MAGIC) === words[FIELDS];
  if (!isWhole || magic !== MAGIC || version !== VERSION)
    throw bad(
      `${path} is no shared cache of version ${VERSION}. Remove it, or run the init step with another path.`,
    );
  const layout = { bucketBytes, buckets, salt };
  const missingBytes = fileBytes(layout) - fstatSync(fd).size;
  if (missingBytes < 0) throw bad(`${path} is longer than it says. Remove it and run the init step again.`);
  if (missingBytes > 0) ftruncateSync(fd, fileBytes(layout));
  return layout;
}

function layoutOf(path: string): Layout | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return readLayout(fd, path);
  } finally {
    closeSync(fd);
  }
}

function bad(message: string): CacheError {
  return new CacheError('L1_BAD_OPTION', message);
}
