import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, type ZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { type Format, guessFormat, parseTrace, TraceError } from './formats.ts';
import type { Trace } from './trace.ts';

/** With the method, always deflate; two bytes alone begin many a raw key. */
const GZIP_MAGIC = 0x1f8b08;
const ZSTD_MAGIC = 0xfd2fb528;
/** Of frames that hold no data; their last four bits are free. */
const ZSTD_SKIPPABLE_MAGIC = 0x184d2a50;

/** Reads a trace file, plain, gzip or Zstandard; the trace is named after the file without its endings. */
export async function readTrace(path: string, format?: Format): Promise<Trace> {
  const file = basename(path);
  const bytes = await decompress(await read(path), file);
  return { ...parseTrace(file, bytes, format ?? guessFormat(file, bytes)), name: traceName(file) };
}

/** `OLTP.lis.zst` is OLTP, `orm-busy.trace.zst` is orm-busy. */
export function traceName(file: string): string {
  return file
    .replace(/\.(zst|gz)$/, '')
    .replace(/\.(lis|trace|bin|be32|be64|lirs|arc|adapt|lcs|txt)$/, '')
    .replace(/\.oracleGeneral$/, '');
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new TraceError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

async function decompress(bytes: Buffer, file: string): Promise<Buffer> {
  try {
    if (bytes.length >= 3 && bytes.readUIntBE(0, 3) === GZIP_MAGIC) return await promisify(gunzip)(bytes);
    return isZstd(bytes) ? decompressZstd(bytes) : bytes;
  } catch (cause) {
    throw new TraceError(`${file}: the compressed data is damaged.`, { cause });
  }
}

function isZstd(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const magic = bytes.readUInt32LE(0);
  return magic === ZSTD_MAGIC || (magic & 0xfffffff0) >>> 0 === ZSTD_SKIPPABLE_MAGIC;
}

/** Node stops after one frame, without a word; `pzstd` and `cat a.zst b.zst` write several. */
function decompressZstd(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    // The types know nothing of `info`.
    const frame = zstdDecompressSync(rest, { info: true } as object) as unknown as {
      readonly buffer: Buffer;
      readonly engine: ZstdDecompress;
    };
    parts.push(frame.buffer);
    rest = rest.subarray(frame.engine.bytesWritten);
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}
