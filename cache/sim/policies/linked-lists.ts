/** A member in none of the lists. */
export const NOWHERE = 0;

/** Doubly linked lists, numbered from 1, over small integers, each in one list at most. A list's head node follows the members. */
export class LinkedLists {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #listOf: Uint8Array;
  readonly #sizes: Int32Array;
  /** A list's head is at this plus its number. */
  readonly #heads: number;

  constructor(members: number, lists: number) {
    this.#heads = members - 1;
    this.#next = new Int32Array(members + lists);
    this.#previous = new Int32Array(members + lists);
    this.#listOf = new Uint8Array(members);
    this.#sizes = new Int32Array(lists + 1);
    for (let head = members; head < members + lists; head++) {
      this.#next[head] = head;
      this.#previous[head] = head;
    }
  }

  listOf(member: number): number {
    return this.#listOf[member] as number;
  }

  size(list: number): number {
    return this.#sizes[list] as number;
  }

  /** The last member; the list must not be empty. */
  last(list: number): number {
    return this.#previous[this.#heads + list] as number;
  }

  /** Takes a member out of the list it is in and puts it first into another, or nowhere. */
  move(member: number, to: number): void {
    const from = this.#listOf[member] as number;
    if (from !== NOWHERE) this.#remove(from, member);
    if (to !== NOWHERE) this.#pushFront(to, member);
    this.#listOf[member] = to;
  }

  #pushFront(list: number, member: number): void {
    const head = this.#heads + list;
    const first = this.#next[head] as number;
    this.#next[head] = member;
    this.#previous[member] = head;
    this.#next[member] = first;
    this.#previous[first] = member;
    this.#sizes[list] = (this.#sizes[list] as number) + 1;
  }

  #remove(list: number, member: number): void {
    const before = this.#previous[member] as number;
    const after = this.#next[member] as number;
    this.#next[before] = after;
    this.#previous[after] = before;
    this.#sizes[list] = (this.#sizes[list] as number) - 1;
  }
}
