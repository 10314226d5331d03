import type { Bytes, Count } from '../units.ts';

const CR = 13;
const LF = 10;
const STAR = 42;
const DOLLAR = 36;
const NOTHING = Buffer.alloc(0);

/** The stream is not RESP; the connection cannot go on. */
export class ProtocolError extends Error {}

/** One command, as positions in the bytes received. Valid only until the next one is parsed. */
export interface CommandArgs {
  readonly count: Count;
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

  text(index: number): string {
    return this.#inline?.[index] ?? this.#bytes.toString('latin1', this.#starts[index]!, this.#ends[index]!);
  }

  /**
   * Takes a chunk and calls `onCommand` for every command that is now complete.
   * @throws {ProtocolError}
   */
  feed(chunk: Buffer, onCommand: (args: CommandArgs) => void): void {
    if (this.#pendingBytes > 0) {
      this.#pendingBytes += chunk.byteLength;
      if (this.#pendingBytes < this.#neededBytes) {
        // A copy: the chunk's memory is the caller's, and is read into again.
        this.#pending.push(Buffer.from(chunk));
        return;
      }
      this.#bytes = Buffer.concat([...this.#pending, chunk]);
      this.#pending = [];
      this.#pendingBytes = 0;
    } else this.#bytes = chunk;
    let at = 0;
    while (at < this.#bytes.byteLength) {
      const next = this.#bytes[at] === STAR ? this.#parseArray(at) : this.#parseInline(at);
      if (next < 0) break;
      at = next;
      if (this.count > 0) onCommand(this);
    }
    if (at < this.#bytes.byteLength) {
      const rest = Buffer.from(this.#bytes.subarray(at));
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
      if (at >= bytes.byteLength) return this.#incomplete(at + 4);
      if (bytes[at] !== DOLLAR)
        throw new ProtocolError(`expected '$', got '${String.fromCharCode(bytes[at]!)}'`);
      const end = this.#lineEnd(at);
      if (end < 0) return -1;
      const length = this.#integer(at + 1, end);
      if (length < 0 || length > this.#maxArgBytes) throw new ProtocolError('invalid bulk length');
      at = end + 2 + length;
      if (at + 2 > bytes.byteLength) return this.#incomplete(at + 2);
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
    if (end < 0) {
      if (this.#bytes.byteLength - from > 64 * 1024) throw new ProtocolError('too big inline request');
      return this.#incomplete(this.#bytes.byteLength + 1);
    }
    const words = this.#bytes.toString('latin1', from, end).trim().split(/\s+/).filter(Boolean);
    this.#inline = words;
    this.count = words.length;
    return end + 1;
  }

  #lineEnd(from: number): number {
    const bytes = this.#bytes;
    for (let at = from + 1; at + 1 < bytes.byteLength; at++) {
      if (bytes[at] === CR) return at;
      if (at - from > 32) throw new ProtocolError('too big count string');
    }
    return this.#incomplete(bytes.byteLength + 1);
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
