import type { Bytes, Count } from '../units.ts';
import type { CommandArgs } from './request-parser.ts';

/** About what an array and a string take besides their characters. */
const WORD_BYTES: Bytes = 32;

/** A command that waits, as a copy: what a client sent is only readable while it is parsed. */
export class QueuedCommand implements CommandArgs {
  readonly #words: readonly string[];

  constructor(args: CommandArgs) {
    this.#words = Array.from({ length: args.count }, (_, i) => args.text(i));
  }

  get count(): Count {
    return this.#words.length;
  }

  name(): string {
    return this.text(0).toUpperCase();
  }

  text(index: number): string {
    return this.#words[index]!;
  }

  get bytes(): Bytes {
    return this.#words.reduce((sum, word) => sum + word.length + WORD_BYTES, WORD_BYTES);
  }
}

/** The commands between MULTI and EXEC. */
export class Transaction {
  readonly #limitBytes: Bytes;
  #commands: QueuedCommand[] = [];
  #bytes: Bytes = 0;
  /** One of them was refused: none will run. */
  isBroken = false;

  constructor(limitBytes: Bytes) {
    this.#limitBytes = limitBytes;
  }

  get commands(): readonly QueuedCommand[] {
    return this.#commands;
  }

  /** False, and nothing will run, when they take too much memory. */
  add(args: CommandArgs): boolean {
    const command = new QueuedCommand(args);
    this.#bytes += command.bytes;
    if (this.#bytes <= this.#limitBytes) {
      // What will not run need not wait.
      if (!this.isBroken) this.#commands.push(command);
      return true;
    }
    this.isBroken = true;
    this.#commands = [];
    return false;
  }
}
