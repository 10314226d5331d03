import type { Bytes } from '../units.ts';
import { stringBytes } from './string-bytes.ts';

/** An entry with tags: its list, and that one's place. */
const BYTES_PER_LIST: Bytes = 96;
/** A tag on an entry: its places in the tag's set and in the entry's list. */
const BYTES_PER_USE: Bytes = 48;
/** A tag, however many entries carry it: its set, and that one's place. */
const BYTES_PER_TAG: Bytes = 232;

/** What an entry takes more for carrying tags. */
export function bytesOfUses(tags: readonly string[]): Bytes {
  return tags.length === 0 ? 0 : BYTES_PER_LIST + tags.length * BYTES_PER_USE;
}

/** What the tags themselves take, once for all entries that carry them. */
export function bytesOfTags(tags: readonly string[]): Bytes {
  let bytes = 0;
  for (const tag of tags) bytes += BYTES_PER_TAG + stringBytes(tag);
  return bytes;
}

/** Which entries carry which tag. */
export class Tags {
  readonly #slotsOf = new Map<string, Set<number>>();
  readonly #tagsOf = new Map<number, readonly string[]>();

  /** Returns what the tags take that nobody carried before. */
  add(slot: number, tags: readonly string[]): Bytes {
    // Each tag once, as a loader may repeat what its definition says; and a copy, as the caller's array may change.
    const own = [...new Set(tags)];
    this.#tagsOf.set(slot, own);
    const added: string[] = [];
    for (const tag of own) {
      const slots = this.#slotsOf.get(tag);
      if (slots) slots.add(slot);
      else {
        this.#slotsOf.set(tag, new Set([slot]));
        added.push(tag);
      }
    }
    return bytesOfTags(added);
  }

  /** Returns what the tags took that nobody carries any more. */
  remove(slot: number): Bytes {
    const gone: string[] = [];
    for (const tag of this.tagsOf(slot)) {
      const slots = this.#slotsOf.get(tag)!;
      slots.delete(slot);
      if (slots.size > 0) continue;
      this.#slotsOf.delete(tag);
      gone.push(tag);
    }
    this.#tagsOf.delete(slot);
    return bytesOfTags(gone);
  }

  move(from: number, to: number): void {
    const tags = this.tagsOf(from);
    this.remove(from);
    if (tags.length > 0) this.add(to, tags);
  }

  slotsOf(tag: string): readonly number[] {
    return [...(this.#slotsOf.get(tag) ?? [])];
  }

  tagsOf(slot: number): readonly string[] {
    return this.#tagsOf.get(slot) ?? [];
  }
}
