import type { KeyHash } from './namespaces.ts';

/**
 * Which pod counts a key: the one whose name and the key's digest mix to the highest score (rendezvous hashing,
 * Thaler & Ravishankar 1998). When a pod comes or goes, only its own keys move.
 */
export class Rendezvous {
  readonly #members: readonly string[];
  readonly #salts: readonly number[];

  constructor(members: readonly string[]) {
    this.#members = [...new Set(members)].sort();
    this.#salts = this.#members.map((name) => {
      let salt = 0x811c9dc5;
      for (let i = 0; i < name.length; i++) salt = Math.imul(salt ^ name.charCodeAt(i), 0x01000193);
      return salt;
    });
  }

  get members(): readonly string[] {
    return this.#members;
  }

  ownerOf(hash: KeyHash): string | undefined {
    const high = Math.floor(hash / 2 ** 32);
    let owner: string | undefined;
    let best = -1;
    for (let i = 0; i < this.#salts.length; i++) {
      const score = mix(mix(hash ^ this.#salts[i]!) ^ high);
      if (score > best) {
        best = score;
        owner = this.#members[i];
      }
    }
    return owner;
  }
}

/** The finaliser of MurmurHash3. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
