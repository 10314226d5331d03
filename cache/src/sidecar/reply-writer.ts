import type { Socket } from 'node:net';
import type { Bytes, Count } from '../units.ts';

/** Which protocol the client asked for with HELLO. */
export type RespVersion = 2 | 3;

const FIRST_BYTES: Bytes = 16 * 1024;
/** Above this a value is written by itself instead of through the buffer. */
const LARGE: Bytes = 32 * 1024;
/** `$`, up to five digits, and two line ends. */
const FRAME_BYTES: Bytes = 10;
const LONGEST_ERROR: Count = 256;
const CR = 13;
const LF = 10;
const DOLLAR = 36;
const ZERO = 48;

/**
 * Collects the replies to all commands of one chunk and hands them to the socket in one write. The buffer is used
 * again when the kernel took all of it at once, which is the normal case.
 */
export class ReplyWriter {
  version: RespVersion = 2;
  /** So much waits for a client that does not read that no more should be made before the socket says `drain`. */
  isBacklogged = false;
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length: Bytes = 0;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  simple(text: string): void {
    this.#raw(`+${text}\r\n`);
  }

  /** What a client sent may be in it: a line end would be the end of the reply, and it may be of any length. */
  error(text: string): void {
    this.#raw(`-${text.slice(0, LONGEST_ERROR).replace(/[\r\n]/g, ' ')}\r\n`);
  }

  integer(value: number | bigint): void {
    this.#raw(`:${value}\r\n`);
  }

  nothing(): void {
    this.#raw(this.version === 3 ? '_\r\n' : '$-1\r\n');
  }

  array(count: number): void {
    this.#raw(`*${count}\r\n`);
  }

  /** Followed by `count` pairs: a map in RESP3, a flat list in RESP2. */
  map(count: number): void {
    this.#raw(this.version === 3 ? `%${count}\r\n` : `*${2 * count}\r\n`);
  }

  /** Bytes as a string of one character each. */
  bulk(bytes: string): void {
    const length = bytes.length;
    if (length > LARGE) {
      this.#raw(`$${length}\r\n`);
      this.flush();
      this.#write(Buffer.from(bytes, 'latin1'));
      this.#raw('\r\n');
      return;
    }
    this.#reserve(length + FRAME_BYTES);
    const buffer = this.#buffer;
    let at = this.#length;
    // Byte by byte: a call out of JavaScript for these few costs more than all of them.
    buffer[at++] = DOLLAR;
    let unit = 1;
    while (unit * 10 <= length) unit *= 10;
    for (; unit >= 1; unit = (unit / 10) | 0) buffer[at++] = ZERO + (((length / unit) | 0) % 10);
    buffer[at++] = CR;
    buffer[at++] = LF;
    at += buffer.write(bytes, at, 'latin1');
    buffer[at++] = CR;
    buffer[at++] = LF;
    this.#length = at;
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#write(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    // Part of it still waits for the kernel: that buffer belongs to the socket now.
    if (this.#socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  #write(bytes: Buffer): void {
    const socket = this.#socket;
    socket.write(bytes);
    // Asked here: most commands write nothing to the socket themselves.
    this.isBacklogged = socket.writableLength >= socket.writableHighWaterMark;
  }

  #raw(text: string): void {
    this.#reserve(text.length);
    this.#length += this.#buffer.write(text, this.#length, 'latin1');
  }

  #reserve(bytes: Bytes): void {
    if (this.#length + bytes <= this.#buffer.byteLength) return;
    if (this.#length > LARGE) this.flush();
    if (this.#length + bytes <= this.#buffer.byteLength) return;
    const wider = Buffer.allocUnsafeSlow(2 * (this.#length + bytes));
    this.#buffer.copy(wider, 0, 0, this.#length);
    this.#buffer = wider;
  }
}
