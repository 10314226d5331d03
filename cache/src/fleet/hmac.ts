import { hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;

/**
 * HMAC-SHA256 (RFC 2104) under one key, as two one-shot hashes with the padded keys prepared: a fifth of the cost
 * of `createHmac`, which builds a key object and a stream for every short message.
 */
export class Hmac {
  #inner = Buffer.alloc(BLOCK + 512, 0x36);
  readonly #outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);

  /** `key` is at most 64 bytes. */
  constructor(key: Uint8Array) {
    for (const [i, byte] of key.entries()) {
      this.#inner[i]! ^= byte;
      this.#outer[i]! ^= byte;
    }
  }

  /** The digest of the two parts one after the other. */
  digest(text: string, bytes: Uint8Array = EMPTY): Buffer {
    const room = BLOCK + 3 * text.length + bytes.length;
    if (room > this.#inner.length) this.#inner = Buffer.concat([this.#inner.subarray(0, BLOCK)], 2 * room);
    const end = BLOCK + this.#inner.write(text, BLOCK);
    this.#inner.set(bytes, end);
    this.#outer.set(hash('sha256', this.#inner.subarray(0, end + bytes.length), 'buffer'), BLOCK);
    return hash('sha256', this.#outer, 'buffer');
  }
}

const EMPTY = new Uint8Array(0);
