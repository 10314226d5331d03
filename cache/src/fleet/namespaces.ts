import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Bytes, Count } from '../units.ts';
import { Hmac } from './hmac.ts';

/**
 * A key's name between pods: 48 bits of a keyed digest, a whole number. Two of a million keys share one with
 * probability 0.2 %, and then one of them is fetched once too often.
 */
export type KeyHash = number;

/** Bytes of a digest on the wire. */
export const HASH: Bytes = 6;

/** How the keys with one prefix may travel. */
export interface FleetNamespace {
  /** The longest matching prefix decides; the empty one stands for all other keys. */
  readonly prefix: string;
  /**
   * `hashed`: only digests leave the pod, so only pods that saw a key themselves can act on its signals.
   * `encrypted`: keys may also be sent, sealed, so that pods can load keys they never saw.
   */
  readonly keys: 'hashed' | 'encrypted';
}

/** In UTF-16 units. A longer key stays home: a few of them would fill a message. */
const LONGEST_TRAVELLER: Count = 8192;
const NONCE: Bytes = 12;
const TAG: Bytes = 16;
/** Bytes of the digest that closes every message. */
export const SIGNATURE: Bytes = 8;

/**
 * The secrets of a fleet: digests and seals by namespace, all derived (HKDF-SHA256) from one secret.
 * Without it, whoever listens on the bus learns neither keys nor which two digests of two fleets are the same key.
 */
export class FleetSecrets {
  readonly #prefixes: readonly { readonly space: FleetNamespace; readonly hmac: Hmac }[];
  /** A key object: a cipher would make one of a buffer anew for every message. */
  readonly #sealKey: KeyObject;
  readonly #signer: Hmac;

  constructor(secret: Uint8Array, namespaces: readonly FleetNamespace[]) {
    const derive = (purpose: string) =>
      Buffer.from(hkdfSync('sha256', secret, 'l1-cache fleet', purpose, 32));
    const all = namespaces.some(({ prefix }) => prefix === '')
      ? namespaces
      : [...namespaces, { prefix: '', keys: 'hashed' as const }];
    this.#prefixes = all
      .toSorted((a, b) => b.prefix.length - a.prefix.length)
      .map((space) => ({ space, hmac: new Hmac(derive(`hash ${space.prefix}`)) }));
    this.#sealKey = createSecretKey(derive('seal'));
    this.#signer = new Hmac(derive('sign'));
  }

  /** The digest of a key: HMAC-SHA256, first 48 bits. About 2 µs. */
  hash(key: string): KeyHash {
    return this.#of(key).hmac.digest(key).readUIntLE(0, HASH);
  }

  /** Whether the key itself may leave the pod, sealed. */
  mayTravel(key: string): boolean {
    return key.length <= LONGEST_TRAVELLER && this.#of(key).space.keys === 'encrypted';
  }

  /** Encrypts with AES-256-GCM under a random nonce. */
  seal(plain: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce);
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Decrypts; undefined when it was not sealed with this fleet's secret. */
  open(sealed: Uint8Array): Buffer | undefined {
    if (sealed.length < NONCE + TAG) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, sealed.subarray(0, NONCE));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()]);
    } catch {
      return undefined;
    }
  }

  /** Proves that a message is of this fleet and from the pod it names. */
  sign(from: string, body: Uint8Array): Buffer {
    return this.#signer.digest(`${from}\0`, body).subarray(0, SIGNATURE);
  }

  verify(from: string, body: Uint8Array, signature: Uint8Array): boolean {
    return signature.length === SIGNATURE && timingSafeEqual(this.sign(from, body), signature);
  }

  #of(key: string) {
    return this.#prefixes.find(({ space }) => key.startsWith(space.prefix))!;
  }
}
