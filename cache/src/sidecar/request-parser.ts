import type { Bytes, Count } from '../units.ts';

const CR = 13;
const LF = 10;
const STAR = 42;
const DOLLAR = 36;
const NOTHING = Buffer.alloc(0);
const GET = 0x474554;
const SET = 0x534554;
/** Clears the bit that tells small letters from capitals, in three bytes. */
const CAPITALS = 0xdfdfdf;

/** The stream is not RESP; the connection cannot go on. */
export class ProtocolError extends Error {}

/** One command, as positions in the bytes received. Valid only until the next one is parsed. */
export interface CommandArgs {
  readonly count: Count;
  /** The command's name in capitals. */
  name(): string;
  /** The argument's bytes as a string of one character each: any bytes, a quarter of the price of UTF-8. */
  text(index: number): string;
}

/**
 * Cuts a byte stream into commands without copying it: arguments stay positions in the chunk until somebody reads
 * them. Only what a chunk leaves unfinished is copied, once.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class RequestParser implements CommandArgs {
  #bytes: Buffer = NOTHING;
  /** How much of `#bytes` was received. */
  #length: Bytes = 0;
  #pending: Buffer[] = [];
  #pendingBytes: Bytes = 0;
  /** Bytes without which parsing again is pointless. */
  #neededBytes: Bytes = 0;
  #starts = new Uint32Array(64);
  #ends = new Uint32Array(64);
  #inline: string[] | undefined;
  readonly #maxArgs: Count;
  readonly #maxArgBytes: Bytes;
  count: Count = 0;

  constructor(maxArgs: Count = 1024 * 1024, maxArgBytes: Bytes = 64 * 1024 * 1024) {
    this.#maxArgs = maxArgs;
    this.#maxArgBytes = maxArgBytes;
  }

  name(): string {
    const start = this.#starts[0]!;
    if (this.#inline === undefined && this.#ends[0]! - start === 3) {
      // The two that come a million times need no string of their own.
      const bytes = this.#bytes;
      const letters = (bytes[start]! << 16) | (bytes[start + 1]! << 8) | bytes[start + 2]!;
      if ((letters & CAPITALS) === GET) return 'GET';
      if ((letters & CAPITALS) === SET) return 'SET';
    }
    return this.text(0).toUpperCase();
  }

  text(index: number): string {
    return this.#inline?.[index] ?? this.#bytes.toString('latin1', this.#starts[index]!, this.#ends[index]!);
  }

  /**
   * Takes what was received, the first `length` bytes of `chunk`, and calls `onCommand` for every command that is now
   * complete.
   * @throws {ProtocolError}
   */
  feed(chunk: Buffer, length: Bytes, onCommand: (args: CommandArgs) => void): void {
    if (this.#pendingBytes > 0) {
      this.#pendingBytes += length;
      // A copy: the chunk's memory is the caller's, and is read into again.
      this.#pending.push(Buffer.from(chunk.subarray(0, length)));
      if (this.#pendingBytes < this.#neededBytes) return;
      this.#bytes = Buffer.concat(this.#pending);
      this.#length = this.#pendingBytes;
      this.#pending = [];
      this.#pendingBytes = 0;
    } else {
      this.#bytes = chunk;
      this.#length = length;
    }
    let at = 0;
    while (at < this.#length) {
      const next = this.#bytes[at] === STAR ? this.#parseArray(at) : this.#parseInline(at);
      if (next < 0) break;
      at = next;
      if (this.count > 0) onCommand(this);
    }
    if (at < this.#length) {
      const rest = Buffer.from(this.#bytes.subarray(at, this.#length));
      this.#neededBytes -= at;
      this.#pending = [rest];
      this.#pendingBytes = rest.byteLength;
    }
    this.#bytes = NOTHING;
  }

  /** Where the next command starts, or -1 when this one is not complete. */
  #parseArray(from: number): number {
    const bytes = this.#bytes;
    let at = this.#lineEnd(from);
    if (at < 0) return -1;
    const count = this.#integer(from + 1, at);
    if (count > this.#maxArgs) throw new ProtocolError('invalid multibulk length');
    at += 2;
    if (count > this.#starts.length) this.#widen(count);
    for (let i = 0; i < count; i++) {
      if (at >= this.#length) return this.#incomplete(at + 4);
      if (bytes[at] !== DOLLAR)
        throw new ProtocolError(`expected '$', got '${String.fromCharCode(bytes[at]!)}'`);
      const end = this.#lineEnd(at);
      if (end < 0) return -1;
      const length = this.#integer(at + 1, end);
      if (length < 0 || length > this.#maxArgBytes) throw new ProtocolError('invalid bulk length');
      at = end + 2 + length;
      if (at + 2 > this.#length) return this.#incomplete(at + 2);
      this.#starts[i] = end + 2;
      this.#ends[i] = at;
      at += 2;
    }
    this.#inline = undefined;
    this.count = Math.max(0, count);
    return at;
  }

  /** A command typed by hand: words up to the end of the line. */
  #parseInline(from: number): number {
    const end = this.#bytes.indexOf(LF, from);
    if (end < 0 || end >= this.#length) {
      if (this.#length - from > 64 * 1024) throw new ProtocolError('too big inline request');
      return this.#incomplete(this.#length + 1);
    }
    const words = this.#bytes.toString('latin1', from, end).trim().split(/\s+/).filter(Boolean);
    this.#inline = words;
    this.count = words.length;
    return end + 1;
  }

  #lineEnd(from: number): number {
    const bytes = this.#bytes;
    for (let at = from + 1; at + 1 < this.#length; at++) {
      if (bytes[at] === CR) return at;
      if (at - from > 32) throw new ProtocolError('too big count string');
    }
    return this.#incomplete(this.#length + 1);
  }

  #integer(from: number, to: number): number {
    const bytes = this.#bytes;
    let value = 0;
    let at = from;
    if (bytes[at] === 45) at++;
    if (at === to) throw new ProtocolError('invalid length');
    for (; at < to; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) throw new ProtocolError('invalid length');
      value = value * 10 + digit;
    }
    return bytes[from] === 45 ? -value : value;
  }

  #incomplete(neededBytes: Bytes): number {
    this.#neededBytes = neededBytes;
    return -1;
  }

  #widen(count: Count): void {
    this.#starts = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
  }
}
