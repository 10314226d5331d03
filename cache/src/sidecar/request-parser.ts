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
const MAX_LINE_BYTES: Bytes = 32;
const MAX_INLINE_BYTES: Bytes = 64 * 1024;
/** Arguments that there is always room to note. */
const FEW_ARGS: Count = 64;

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

/** The most that one command may be. */
export interface RequestLimits {
  readonly args: Count;
  readonly argBytes: Bytes;
  readonly commandBytes: Bytes;
}

const LIMITS: RequestLimits = { args: 1024 * 1024, argBytes: 64 << 20, commandBytes: 128 << 20 };

/**
 * Cuts a byte stream into commands without copying it: arguments stay positions in the chunk until somebody reads
 * them. Only what a chunk leaves unfinished is copied, and parsing goes on where it stopped: a command in many chunks
 * costs what its bytes do.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class RequestParser implements CommandArgs {
  readonly #limits: RequestLimits;
  #bytes: Buffer = NOTHING;
  /** How much of `#bytes` was received. */
  #length: Bytes = 0;
  /** Where the command under way begins in `#bytes`. All that follows counts from there. */
  #from = 0;
  /** Of the command under way: its arguments, or -1 before its first line; those noted; where the next one begins. */
  #wanted = -1;
  #noted: Count = 0;
  #nextAt = 0;
  /** Length of the command without which parsing on is pointless. */
  #neededBytes: Bytes = 0;
  #starts = new Uint32Array(FEW_ARGS);
  #ends = new Uint32Array(FEW_ARGS);
  #inline: string[] | undefined;
  /** What waits for the next chunk: the first `#heldBytes` of it. */
  #held: Buffer = NOTHING;
  #heldBytes: Bytes = 0;
  count: Count = 0;

  constructor(limits: RequestLimits = LIMITS) {
    this.#limits = limits;
  }

  name(): string {
    const at = this.#from + this.#starts[0]!;
    if (this.#inline === undefined && this.#ends[0]! - this.#starts[0]! === 3) {
      // The two that come a million times need no string of their own.
      const bytes = this.#bytes;
      const letters = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
      if ((letters & CAPITALS) === GET) return 'GET';
      if ((letters & CAPITALS) === SET) return 'SET';
    }
    return this.text(0).toUpperCase();
  }

  text(index: number): string {
    const from = this.#from;
    return (
      this.#inline?.[index] ??
      this.#bytes.toString('latin1', from + this.#starts[index]!, from + this.#ends[index]!)
    );
  }

  /**
   * Takes what was received, the first `length` bytes of `chunk`, and calls `onCommand` for every command that is now
   * complete. When that says `wait`, the rest waits for the next call, which may bring nothing.
   * @throws {ProtocolError}
   */
  feed(chunk: Buffer, length: Bytes, onCommand: (args: CommandArgs) => 'next' | 'wait'): void {
    if (this.#heldBytes > 0) {
      this.#hold(chunk, length);
      if (this.#heldBytes < this.#neededBytes) return;
      this.#neededBytes = 0;
      this.#bytes = this.#held;
      this.#length = this.#heldBytes;
    } else {
      this.#bytes = chunk;
      this.#length = length;
    }
    this.#from = 0;
    let does: 'next' | 'wait' = 'next';
    while (does === 'next' && this.#from < this.#length) {
      const end = this.#bytes[this.#from] === STAR ? this.#parseArray() : this.#parseInline();
      if (end < 0) break;
      if (this.count > 0) does = onCommand(this);
      this.#from = end;
    }
    this.#keepRest();
  }

  /** Where the command ends, or -1 when it is not complete. */
  #parseArray(): number {
    const bytes = this.#bytes;
    const from = this.#from;
    let count = this.#wanted;
    let i = this.#noted;
    let at = from + this.#nextAt;
    if (count < 0) {
      const end = this.#lineEnd(at);
      if (end < 0) return -1;
      count = Math.max(0, this.#integer(at + 1, end));
      if (count > this.#limits.args) throw new ProtocolError('invalid multibulk length');
      at = end + 2;
    }
    for (; i < count; i++) {
      if (at >= this.#length) return this.#stopAt(count, i, at, at + 4);
      if (bytes[at] !== DOLLAR)
        throw new ProtocolError(`expected '$', got '${String.fromCharCode(bytes[at]!)}'`);
      const end = this.#lineEnd(at);
      if (end < 0) return this.#stopAt(count, i, at, this.#length + 1);
      const length = this.#integer(at + 1, end);
      if (length < 0 || length > this.#limits.argBytes) throw new ProtocolError('invalid bulk length');
      const argEnd = end + 2 + length;
      if (argEnd - from > this.#limits.commandBytes) throw new ProtocolError('too big request');
      if (argEnd + 2 > this.#length) return this.#stopAt(count, i, at, argEnd + 2);
      if (i === this.#starts.length) this.#widen();
      this.#starts[i] = end + 2 - from;
      this.#ends[i] = argEnd - from;
      at = argEnd + 2;
    }
    this.#inline = undefined;
    this.count = count;
    if (this.#wanted >= 0) this.#begin();
    return at;
  }

  /** A command typed by hand: words up to the end of the line. */
  #parseInline(): number {
    const from = this.#from;
    const end = this.#bytes.indexOf(LF, from);
    if (end < 0 || end >= this.#length) {
      if (this.#length - from > MAX_INLINE_BYTES) throw new ProtocolError('too big inline request');
      this.#neededBytes = this.#length + 1 - from;
      return -1;
    }
    const line = this.#bytes.toString('latin1', from, end);
    // Redis takes them away; kept, they would be a part of the value.
    if (/["']/.test(line)) throw new ProtocolError('quotes are served in RESP only');
    const words = line.trim().split(/\s+/).filter(Boolean);
    this.#inline = words;
    this.count = words.length;
    return end + 1;
  }

  #lineEnd(from: number): number {
    const bytes = this.#bytes;
    for (let at = from + 1; at + 1 < this.#length; at++) {
      if (bytes[at] === CR) return at;
      if (at - from > MAX_LINE_BYTES) throw new ProtocolError('too big count string');
    }
    return -1;
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

  /** The next command is a new one. */
  #begin(): void {
    this.#wanted = -1;
    this.#noted = 0;
    this.#nextAt = 0;
  }

  #stopAt(wanted: Count, noted: Count, at: number, needed: number): number {
    this.#wanted = wanted;
    this.#noted = noted;
    this.#nextAt = at - this.#from;
    this.#neededBytes = needed - this.#from;
    return -1;
  }

  #widen(): void {
    const [starts, ends] = [this.#starts, this.#ends];
    this.#starts = new Uint32Array(2 * starts.length);
    this.#ends = new Uint32Array(2 * ends.length);
    this.#starts.set(starts);
    this.#ends.set(ends);
  }

  /** A copy: the chunk's memory is the caller's, and is read into again. */
  #hold(chunk: Buffer, length: Bytes): void {
    const bytes = this.#heldBytes + length;
    if (bytes > this.#held.byteLength) {
      const wider = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#heldBytes));
      this.#held.copy(wider, 0, 0, this.#heldBytes);
      this.#held = wider;
    }
    chunk.copy(this.#held, this.#heldBytes, 0, length);
    this.#heldBytes = bytes;
  }

  #keepRest(): void {
    const restBytes = this.#length - this.#from;
    this.#heldBytes = restBytes;
    if (restBytes === 0) this.#held = NOTHING;
    // What is ours already stays where it is, unless little of it is left.
    else if (this.#bytes === this.#held && 4 * restBytes >= this.#held.byteLength)
      this.#held = this.#held.subarray(this.#from);
    else this.#held = Buffer.from(this.#bytes.subarray(this.#from, this.#length));
    this.#bytes = NOTHING;
    if (this.#noted === 0 && this.#starts.length > FEW_ARGS) {
      this.#starts = new Uint32Array(FEW_ARGS);
      this.#ends = new Uint32Array(FEW_ARGS);
    }
  }
}
