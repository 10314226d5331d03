import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { CacheError } from '../errors.ts';
import type { Bytes, Count } from '../units.ts';

const MAGIC = 0x4d53314c;
const VERSION = 2;
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
  const fd = openSync(fresh, 'wx', 0o660);
  try {
    const block = Buffer.alloc(SUPERBLOCK_BYTES);
    block.writeUInt32LE(MAGIC, 0);
    block.writeUInt32LE(VERSION, 4);
    block.writeUInt32LE(bucketBytes, 8);
    block.writeUInt32LE(buckets, 12);
    randomBytes(4).copy(block, 16);
    writeSync(fd, block, 0, SUPERBLOCK_BYTES, 0);
    ftruncateSync(fd, SUPERBLOCK_BYTES + buckets * bucketBytes);
  } finally {
    closeSync(fd);
  }
  if (held !== undefined) {
    renameSync(fresh, path);
    return 'replaced';
  }
  try {
    // A link, because it fails where another process was faster; a rename would take that one's file away.
    linkSync(fresh, path);
    return 'created';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return 'kept';
  } finally {
    unlinkSync(fresh);
  }
}

/** @throws {CacheError} `L1_BAD_OPTION` when the file is of another make. */
export function readLayout(fd: number, path: string): Layout {
  const block = Buffer.alloc(20);
  const length = readSync(fd, block, 0, block.length, 0);
  const layout = {
    bucketBytes: block.readUInt32LE(8),
    buckets: block.readUInt32LE(12),
    salt: block.readUInt32LE(16),
  };
  if (length < block.length || block.readUInt32LE(0) !== MAGIC || block.readUInt32LE(4) !== VERSION)
    throw bad(
      `${path} is no shared cache of version ${VERSION}. Remove it, or run the init step with another path.`,
    );
  if (fstatSync(fd).size !== SUPERBLOCK_BYTES + layout.buckets * layout.bucketBytes)
    throw bad(`${path} is not as long as it says. Remove it and run the init step again.`);
  return layout;
}

function layoutOf(path: string): Layout | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
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
