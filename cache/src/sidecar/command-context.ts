import type { Clock } from '../clock.ts';
import type { Count, Millis } from '../units.ts';
import type { ReplyWriter } from './reply-writer.ts';
import type { CommandArgs } from './request-parser.ts';
import type { Transaction } from './transaction.ts';
import type { Values } from './values.ts';

/** What a connection knows of itself. */
export interface Connection {
  readonly id: number;
  name: string;
  isClosing: boolean;
  /** After MULTI. */
  transaction: Transaction | undefined;
}

export interface CommandContext {
  readonly values: Values;
  readonly clock: Clock;
  /** Wall-clock milliseconds, for lives that end at a date. */
  readonly wallNow: () => Millis;
  readonly startedMs: Millis;
  readonly connections: () => Count;
  commands: Count;
}

/** Reads its arguments and writes exactly one reply. */
export type Command = (
  args: CommandArgs,
  reply: ReplyWriter,
  context: CommandContext,
  connection: Connection,
) => void;
