/** Doubly linked lists over small integers; each list has a head node after the members. */
export class LinkedLists {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #heads: number;
  readonly sizes: Int32Array;

  constructor(members: number, lists: number) {
    this.#heads = members;
    this.#next = new Int32Array(members + lists);
    this.#previous = new Int32Array(members + lists);
    this.sizes = new Int32Array(lists);
    for (let list = 0; list < lists; list++) {
      this.#next[members + list] = members + list;
      this.#previous[members + list] = members + list;
    }
  }

  pushFront(list: number, member: number): void {
    const head = this.#heads + list;
    const first = this.#next[head] as number;
    this.#next[head] = member;
    this.#previous[member] = head;
    this.#next[member] = first;
    this.#previous[first] = member;
    this.sizes[list] = (this.sizes[list] as number) + 1;
  }

  remove(list: number, member: number): void {
    const before = this.#previous[member] as number;
    const after = this.#next[member] as number;
    this.#next[before] = after;
    this.#previous[after] = before;
    this.sizes[list] = (this.sizes[list] as number) - 1;
  }

  /** The last member; the list must not be empty. */
  last(list: number): number {
    return this.#previous[this.#heads + list] as number;
  }
}
