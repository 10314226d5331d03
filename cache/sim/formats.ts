import { type Trace, TraceBuilder } from './trace.ts';

export const FORMATS = ['be32', 'be64', 'lirs', 'arc', 'adapt', 'lcs', 'txt'] as const;
/** How a trace file is written; docs/eviction.md says what each holds. */
export type Format = (typeof FORMATS)[number];

/** The trace file cannot be read as what it claims to be. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

/** Reads the decompressed bytes of a trace file. */
export function parseTrace(name: string, bytes: Buffer, format: Format): Trace {
  if (bytes.length >= ENOUGH_TO_TELL_BYTES && isText(bytes) === BINARY.has(format))
    throw new TraceError(
      `${name}: the file holds ${isText(bytes) ? 'text' : 'binary data'}, which ${format} is not; try another --format.`,
    );
  const builder = new TraceBuilder();
  PARSERS[format](bytes, builder, name);
  const trace = builder.finish(name);
  if (trace.keys.length === 0)
    throw new TraceError(`${name}: no accesses found as format ${format}; try another --format.`);
  return trace;
}

/** Guesses the format from the file name, and where that says nothing from the bytes. */
export function guessFormat(name: string, bytes: Buffer): Format {
  const lower = name.toLowerCase();
  const ending = /\.([a-z\d]+)(\.(gz|zst))?$/.exec(lower)?.[1];
  const named = FORMATS.find((format) => format === ending);
  if (named !== undefined) return named;
  if (/oraclegeneral|\.lcs/.test(lower) || (bytes.length >= 8 && bytes.readBigUInt64LE(0) === LCS_MAGIC))
    return 'lcs';
  if (isText(bytes)) {
    if (/\.lis\b/.test(lower)) return 'arc';
    if (/adapt/.test(lower)) return 'adapt';
    const columns = firstLine(bytes).split(/\s+/).length;
    if (columns === 4) return 'arc';
    if (columns === 3) return 'adapt';
    return columns === 1 && /\.trace|\.lirs/.test(lower) ? 'lirs' : 'txt';
  }
  if (/corda|scarab|recs/.test(lower)) return 'be64';
  return looksLikeLongs(bytes) ? 'be64' : 'be32';
}

const BINARY: ReadonlySet<Format> = new Set(['be32', 'be64', 'lcs']);
/** In fewer bytes numbers can look like text. */
const ENOUGH_TO_TELL_BYTES = 64;
/** A `Map` of the library's holds no more keys. */
const MOST_BLOCKS_A_LINE = 2 ** 24;
const LCS_MAGIC = 0x123456789abcdef0n;
/** libCacheSim: header of 1,024 bytes (8,192 since version 3), then packed little-endian records. */
const LCS_RECORD_BYTES: Readonly<Record<number, number>> = {
  1: 24,
  2: 28,
  3: 36,
  4: 40,
  5: 44,
  6: 52,
  7: 68,
  8: 100,
};

const PARSERS: Readonly<Record<Format, (bytes: Buffer, to: TraceBuilder, name: string) => void>> = {
  be32(bytes, to, name) {
    requireWhole(bytes.length, 4, name, 'be32');
    for (let at = 0; at < bytes.length; at += 4) to.addNumber(0, bytes.readInt32BE(at));
  },
  be64(bytes, to, name) {
    requireWhole(bytes.length, 8, name, 'be64');
    for (let at = 0; at < bytes.length; at += 8)
      to.addNumber(bytes.readInt32BE(at), bytes.readInt32BE(at + 4));
  },
  lirs(bytes, to, name) {
    eachLine(bytes, (line, number) => {
      if (line === '*') return;
      addKey(line, to, name, number);
    });
  },
  arc(bytes, to, name) {
    eachLine(bytes, (line, number) => {
      const fields = line.split(/\s+/);
      const start = integer(fields[0], name, number);
      const count = integer(fields[1], name, number);
      if (count > MOST_BLOCKS_A_LINE)
        throw new TraceError(
          `${name}, line ${number}: ${count} blocks; at most ${MOST_BLOCKS_A_LINE} are taken.`,
        );
      for (let i = 0; i < count; i++) to.addInteger(start + i);
    });
  },
  adapt(bytes, to, name) {
    eachLine(bytes, (line, number) => {
      const fields = line.split(/\s+/);
      const size = integer(fields[2], name, number);
      to.addWord(`${fields[1]} ${size}`);
      to.sizeOfLast(size);
    });
  },
  lcs(bytes, to, name) {
    const headed = bytes.length >= 8 && bytes.readBigUInt64LE(0) === LCS_MAGIC;
    const version = headed ? Number(bytes.readBigUInt64LE(8)) : 1;
    const recordBytes = LCS_RECORD_BYTES[version];
    if (recordBytes === undefined)
      throw new TraceError(`${name}: lcs version ${version} is not known (1 to 8 are).`);
    const longHeader = headed && bytes.length >= 8192 && bytes.readBigUInt64LE(8184) === LCS_MAGIC;
    const start = headed ? (longHeader ? 8192 : 1024) : 0;
    if (bytes.length < start) throw new TraceError(`${name}: cut off within the header of ${start} bytes.`);
    requireWhole(bytes.length - start, recordBytes, name, 'lcs');
    for (let at = start; at < bytes.length; at += recordBytes) {
      to.addNumber(bytes.readInt32LE(at + 8), bytes.readInt32LE(at + 4));
      to.sizeOfLast(version >= 3 ? Number(bytes.readBigInt64LE(at + 12)) : bytes.readUInt32LE(at + 12));
    }
  },
  txt(bytes, to, name) {
    eachLine(bytes, (line, number) => {
      const [key, size] = line.split(/[\s,]+/);
      to.addWord(key as string);
      if (size !== undefined) to.sizeOfLast(integer(size, name, number));
    });
  },
};

function eachLine(bytes: Buffer, read: (line: string, number: number) => void): void {
  let number = 0;
  for (let at = 0; at < bytes.length; ) {
    let end = bytes.indexOf(10, at);
    if (end < 0) end = bytes.length;
    const line = bytes.toString('latin1', at, end).trim();
    number++;
    if (line !== '') read(line, number);
    at = end + 1;
  }
}

/** A decimal key of up to 64 bits, with or without a sign. */
function addKey(text: string, to: TraceBuilder, name: string, line: number): void {
  if (/^-?\d{1,15}$/.test(text)) {
    to.addInteger(Number(text));
    return;
  }
  const key = /^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (key === undefined || (BigInt.asIntN(64, key) !== key && BigInt.asUintN(64, key) !== key))
    throw notWhole(text, name, line);
  to.addNumber(Number(BigInt.asIntN(32, key >> 32n)), Number(BigInt.asIntN(32, key)));
}

function integer(text: string | undefined, name: string, line: number): number {
  const value = Number(text);
  if (text === undefined || !Number.isSafeInteger(value) || value < 0) throw notWhole(text, name, line);
  return value;
}

function notWhole(text: string | undefined, name: string, line: number): TraceError {
  return new TraceError(
    `${name}, line ${line}: ${JSON.stringify((text ?? '').slice(0, 40))} is not a whole number.`,
  );
}

function requireWhole(lengthBytes: number, recordBytes: number, name: string, format: Format): void {
  if (lengthBytes % recordBytes !== 0) {
    throw new TraceError(
      `${name}: ${lengthBytes} bytes are not a multiple of ${recordBytes}, the record of ${format}; cut off, or another --format.`,
    );
  }
}

/** Without control characters; letters beyond ASCII are text too. */
function isText(bytes: Buffer): boolean {
  return bytes
    .subarray(0, 512)
    .every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte !== 127));
}

function firstLine(bytes: Buffer): string {
  const end = bytes.indexOf(10);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end).trim();
}

/** True where every even 32-bit word is small and the odd ones vary more: 64-bit keys below 2^40. */
function looksLikeLongs(bytes: Buffer): boolean {
  if (bytes.length % 8 !== 0) return false;
  const high = new Set<number>();
  const low = new Set<number>();
  for (let at = 0; at < Math.min(bytes.length, 4096); at += 8) {
    high.add(bytes.readUInt32BE(at));
    low.add(bytes.readUInt32BE(at + 4));
  }
  return Math.max(...high) <= 255 && high.size * 4 <= low.size;
}
