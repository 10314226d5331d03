import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { decompress } from '../../cache/sim/decompress.ts';
import { InputError } from '../input-error.ts';
import { parseTrace, TRACE_FORMATS, type Trace, type TraceFormat } from './trace-format.ts';

/** Formats by what the shared traces are called; a name with none of these needs its format as an ending. */
const BY_NAME: readonly (readonly [RegExp, TraceFormat])[] = [
  [/\.(be32|be64|lirs|arc|adapt)(\.|$)/, 'be32'],
  [/(^|[^a-z])adapt([^a-z]|$)/, 'adapt'],
  [/\.lis(\.|$)/, 'arc'],
  [/(^|[^a-z])corda([^a-z]|$)/, 'be64'],
  [/(^|[^a-z])(loop|2_pools|sprite|multi\d|glimpse|cs)\.trace/, 'lirs'],
  [/\.trace(\.|$)/, 'be32'],
];

/**
 * Reads a trace file, plain, gzip or Zstandard, into memory (4 bytes an access and about 60 a distinct key).
 *
 * @throws {InputError} `TRACE_MISSING`, `TRACE_FORMAT` or `TRACE_MALFORMED`.
 */
export async function readTrace(path: string): Promise<Trace> {
  const name = basename(path);
  const format = traceFormatOf(name);
  const packed = await readFile(path).catch((cause: unknown) => {
    throw new InputError(
      'TRACE_MISSING',
      `trace ${path} cannot be read`,
      'give the path of a trace file',
      cause,
    );
  });
  return parseTrace(name, await unpack(name, packed), format);
}

/** The format that a file name stands for: an ending such as `.be64`, or the names of the known traces. */
export function traceFormatOf(name: string): TraceFormat {
  const lower = name.toLowerCase();
  for (const [pattern, format] of BY_NAME) {
    const match = pattern.exec(lower);
    if (match) return TRACE_FORMATS.find((known) => known === match[1]) ?? format;
  }
  throw new InputError(
    'TRACE_FORMAT',
    `the name ${name} does not say which format the trace is in`,
    `rename it to end in one of ${TRACE_FORMATS.map((format) => `.${format}`).join(', ')} (before .gz or .zst)`,
  );
}

async function unpack(name: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await decompress(bytes);
  } catch (cause) {
    throw new InputError(
      'TRACE_MALFORMED',
      `trace ${name}, byte 0: cannot be decompressed (${(cause as Error).message})`,
      'fetch the file again; it is cut off or damaged',
      cause,
    );
  }
}
