import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { type Format, guessFormat, parseTrace, TraceError } from './formats.ts';
import type { Trace } from './trace.ts';

const GZIP_MAGIC = 0x1f8b;
const ZSTD_MAGIC = 0xfd2fb528;

/** Reads a trace file, plain, gzip or Zstandard; the trace is named after the file without its endings. */
export async function readTrace(path: string, format?: Format): Promise<Trace> {
  const file = basename(path);
  const bytes = await decompress(await readFile(path), file);
  return parseTrace(traceName(file), bytes, format ?? guessFormat(file, bytes));
}

/** `OLTP.lis.zst` is OLTP, `orm-busy.trace.zst` is orm-busy. */
export function traceName(file: string): string {
  return file
    .replace(/\.(zst|gz)$/, '')
    .replace(/\.(lis|trace|bin|txt|lirs|lcs)$/, '')
    .replace(/\.oracleGeneral$/, '');
}

async function decompress(bytes: Buffer, file: string): Promise<Buffer> {
  try {
    if (bytes.length >= 2 && bytes.readUInt16BE(0) === GZIP_MAGIC) return await promisify(gunzip)(bytes);
    if (bytes.length >= 4 && bytes.readUInt32LE(0) === ZSTD_MAGIC)
      return await promisify(zstdDecompress)(bytes);
    return bytes;
  } catch (cause) {
    throw new TraceError(`${file}: the compressed data is damaged.`, { cause });
  }
}
