import type { Bytes } from '../units.ts';

/** What a tag on an entry takes: its place in the tag's set and in the entry's list. */
export const BYTES_PER_TAG: Bytes = 72;

/** Which entries carry which tag. */
export class Tags {
  readonly #slotsOf = new Map<string, Set<number>>();
  readonly #tagsOf = new Map<number, readonly string[]>();

  add(slot: number, tags: readonly string[]): void {
    // Each tag once, as a loader may repeat what its definition says; and a copy, as the caller's array may change.
    const own = [...new Set(tags)];
    this.#tagsOf.set(slot, own);
    for (const tag of own) {
      const slots = this.#slotsOf.get(tag);
      if (slots) slots.add(slot);
      else this.#slotsOf.set(tag, new Set([slot]));
    }
  }

  remove(slot: number): void {
    for (const tag of this.#tagsOf.get(slot) ?? []) {
      const slots = this.#slotsOf.get(tag)!;
      slots.delete(slot);
      if (slots.size === 0) this.#slotsOf.delete(tag);
    }
    this.#tagsOf.delete(slot);
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
