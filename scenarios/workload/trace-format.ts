import type { Count } from 'l1-cache';
import { InputError } from '../input-error.ts';

/** How a trace file is written; docs/workload.md says what each holds. */
export const TRACE_FORMATS = ['be32', 'be64', 'lirs', 'arc', 'adapt'] as const;
export type TraceFormat = (typeof TRACE_FORMATS)[number];

/** A Map holds no more. */
const MAX_KEYS: Count = 2 ** 24;

/** A sequence of accesses; keys are renumbered 0, 1, 2 … in the order of their first access. */
export interface Trace {
  readonly ids: Uint32Array;
  readonly uniqueKeys: number;
}

/**
 * Reads the decompressed bytes of a trace.
 *
 * @throws {InputError} `TRACE_MALFORMED` with the file, the byte offset and what stands there, or for too many keys.
 */
export function parseTrace(name: string, bytes: Buffer, format: TraceFormat): Trace {
  const trace = new TraceBuilder(name);
  switch (format) {
    case 'be32':
      requireWhole(name, bytes, 4, format);
      for (let at = 0; at < bytes.length; at += 4) trace.add(bytes.readUInt32BE(at));
      break;
    case 'be64':
      requireWhole(name, bytes, 8, format);
      // Keys above 2^53 would meet their neighbours as numbers.
      for (let at = 0; at < bytes.length; at += 8) trace.add(bytes.readBigUInt64BE(at));
      break;
    case 'lirs':
      eachLine(bytes, (line, at) => {
        if (line !== '*') trace.add(integer(name, line, at));
      });
      break;
    case 'arc':
      eachLine(bytes, (line, at) => {
        const fields = line.split(/\s+/);
        requireFields(name, fields, 4, at);
        const start = integer(name, fields[0] as string, at);
        const count = integer(name, fields[1] as string, at);
        if (count > MAX_KEYS) throw tooManyKeys(name);
        for (let i = 0; i < count; i += 1) trace.add(start + i);
      });
      break;
    case 'adapt':
      eachLine(bytes, (line, at) => {
        const fields = line.split(/\s+/);
        requireFields(name, fields, 3, at);
        trace.add(`${integer(name, fields[1] as string, at)} ${integer(name, fields[2] as string, at)}`);
      });
      break;
  }
  if (trace.length === 0) throw malformed(name, 'no access in it', 0);
  return trace.finish();
}

class TraceBuilder {
  length = 0;
  #ids = new Uint32Array(1 << 16);
  readonly #numbers = new Map<number | bigint | string, number>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  add(key: number | bigint | string): void {
    let id = this.#numbers.get(key);
    if (id === undefined) {
      id = this.#numbers.size;
      if (id === MAX_KEYS) throw tooManyKeys(this.#name);
      this.#numbers.set(key, id);
    }
    if (this.length === this.#ids.length) {
      const grown = new Uint32Array(this.#ids.length * 2);
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids[this.length] = id;
    this.length += 1;
  }

  finish(): Trace {
    return { ids: this.#ids.subarray(0, this.length), uniqueKeys: this.#numbers.size };
  }
}

function eachLine(bytes: Buffer, read: (line: string, at: number) => void): void {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.toString('latin1', start, end).trim();
    if (line !== '') read(line, start);
    start = end + 1;
  }
}

function integer(name: string, text: string, at: number): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw malformed(name, `"${text.slice(0, 40)}" is not a whole number`, at);
}

function requireFields(name: string, fields: readonly string[], count: number, at: number): void {
  if (fields.length === count) return;
  throw malformed(name, `"${fields.join(' ').slice(0, 40)}" has ${fields.length} fields, not ${count}`, at);
}

function requireWhole(name: string, bytes: Buffer, record: number, format: TraceFormat): void {
  if (bytes.length % record === 0) return;
  const whole = bytes.length - (bytes.length % record);
  throw malformed(name, `${bytes.length - whole} bytes left over after the last ${format} record`, whole);
}

function tooManyKeys(name: string): InputError {
  return new InputError(
    'TRACE_MALFORMED',
    `trace ${name} has more than ${MAX_KEYS.toLocaleString('en-GB')} different keys`,
    'give a shorter part of it',
  );
}

function malformed(name: string, what: string, offset: number): InputError {
  return new InputError(
    'TRACE_MALFORMED',
    `trace ${name}, byte ${offset} (decompressed): ${what}`,
    'check that the file is complete and that its format is the one named; docs/workload.md lists the formats',
  );
}
