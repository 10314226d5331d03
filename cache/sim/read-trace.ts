import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decompress } from './decompress.ts';
import { type Format, guessFormat, parseTrace, TraceError } from './formats.ts';
import type { Trace } from './trace.ts';

/** Reads a trace file, plain, gzip or Zstandard; the trace is named after the file without its endings. */
export async function readTrace(path: string, format?: Format): Promise<Trace> {
  const file = basename(path);
  const bytes = await unpack(await read(path), file);
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

async function unpack(bytes: Buffer, file: string): Promise<Buffer> {
  try {
    return await decompress(bytes);
  } catch (cause) {
    throw new TraceError(`${file}: the compressed data is damaged.`, { cause });
  }
}
