import { promisify } from 'node:util';
import { gunzip, type ZstdDecompress, zstdDecompressSync } from 'node:zlib';

/** With the method, always deflate; two bytes alone begin many a raw key. */
const GZIP_MAGIC = 0x1f8b08;
const ZSTD_MAGIC = 0xfd2fb528;
/** Of frames that hold no data; their last four bits are free. */
const ZSTD_SKIPPABLE_MAGIC = 0x184d2a50;

/** What a file holds, by its first bytes: gzip and Zstandard are unpacked, anything else is as it is. Throws on damage. */
export async function decompress(bytes: Buffer): Promise<Buffer> {
  if (bytes.length >= 3 && bytes.readUIntBE(0, 3) === GZIP_MAGIC) return promisify(gunzip)(bytes);
  return isZstd(bytes) ? decompressZstd(bytes) : bytes;
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
