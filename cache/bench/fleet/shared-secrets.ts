import { type FleetNamespace, FleetSecrets, type KeyHash } from '../../src/fleet/namespaces.ts';
import type { Count } from '../../src/units.ts';

/** Signatures remembered until all are forgotten; a message is checked by its receivers within moments. */
const MAX_SIGNATURES: Count = 20_000;

/**
 * The secrets of simulated pods in one process. Each pod of a real fleet hashes a key and checks a signature itself;
 * here the same digest is asked for fifty times, and computed once.
 */
export class SharedSecrets extends FleetSecrets {
  readonly #hashes = new Map<string, KeyHash>();
  readonly #signatures = new Map<string, Buffer>();

  constructor(namespaces: readonly FleetNamespace[]) {
    super(SECRET, namespaces);
  }

  override hash(key: string): KeyHash {
    let hash = this.#hashes.get(key);
    if (hash === undefined) {
      hash = super.hash(key);
      this.#hashes.set(key, hash);
    }
    return hash;
  }

  override sign(from: string, body: Uint8Array): Buffer {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
    const message = from + bytes.toString('latin1');
    let signature = this.#signatures.get(message);
    if (signature === undefined) {
      signature = super.sign(from, body);
      if (this.#signatures.size >= MAX_SIGNATURES) this.#signatures.clear();
      this.#signatures.set(message, signature);
    }
    return signature;
  }
}

/** Of every simulated fleet. */
export const SECRET = new Uint8Array(32).fill(7);
