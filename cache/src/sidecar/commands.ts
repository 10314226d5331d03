import type { Millis } from '../units.ts';
import type { Command, CommandContext, Connection } from './command-context.ts';
import { adding } from './counters.ts';
import { integer, NOT_INTEGER, SYNTAX } from './integer.ts';
import { expireAs, getAndExpire, persist, timeLeftIn } from './lives.ts';
import type { ReplyWriter } from './reply-writer.ts';
import type { CommandArgs } from './request-parser.ts';
import { scan } from './scan.ts';
import { client, command, config, hello, info } from './server-commands.ts';
import { parseStringOptions, type StringOptions, ttlOf } from './string-options.ts';
import { Transaction } from './transaction.ts';

/** A command with the number of arguments it takes, its own name included; negative means at least. */
interface Entry {
  readonly arity: number;
  readonly run: Command;
  /** Runs also between MULTI and EXEC, where others wait. */
  readonly waits?: 'never';
}

const OK = 'OK';
const PLAIN_SET: StringOptions = { life: 'forever', when: 'always', givesOld: false };

const COMMANDS: Readonly<Record<string, Entry>> = {
  GET: {
    arity: 2,
    run: (args, reply, { values }) => answer(reply, values.get(args.text(1))),
  },
  SET: { arity: -3, run: set },
  SETNX: {
    arity: 3,
    run(args, reply, { values }) {
      const isHeld = values.has(args.text(1));
      if (isHeld || values.set(args.text(1), args.text(2), undefined)) reply.integer(Number(!isHeld));
      else tooLarge(reply);
    },
  },
  GETSET: {
    arity: 3,
    run(args, reply, { values }) {
      const old = values.get(args.text(1));
      if (values.set(args.text(1), args.text(2), undefined)) answer(reply, old);
      else tooLarge(reply);
    },
  },
  GETDEL: {
    arity: 2,
    run(args, reply, { values }) {
      answer(reply, values.get(args.text(1)));
      values.delete(args.text(1));
    },
  },
  GETEX: { arity: -2, run: getAndExpire },
  SETEX: { arity: 4, run: (args, reply, context) => setFor(args, reply, context, 1000) },
  PSETEX: { arity: 4, run: (args, reply, context) => setFor(args, reply, context, 1) },
  MGET: {
    arity: -2,
    run(args, reply, { values }) {
      reply.array(args.count - 1);
      for (let i = 1; i < args.count; i++) answer(reply, values.get(args.text(i)));
    },
  },
  MSET: {
    arity: -3,
    run(args, reply, { values }) {
      if (args.count % 2 === 0) return wrongArity(reply, 'mset');
      let stored = true;
      for (let i = 1; i < args.count; i += 2)
        stored = values.set(args.text(i), args.text(i + 1), undefined) && stored;
      if (stored) reply.simple(OK);
      else tooLarge(reply);
    },
  },
  DEL: { arity: -2, run: (args, reply, { values }) => count(args, reply, (key) => values.delete(key)) },
  UNLINK: { arity: -2, run: (args, reply, { values }) => count(args, reply, (key) => values.delete(key)) },
  EXISTS: { arity: -2, run: (args, reply, { values }) => count(args, reply, (key) => values.has(key)) },
  STRLEN: {
    arity: 2,
    run: (args, reply, { values }) => reply.integer(values.get(args.text(1))?.length ?? 0),
  },
  TYPE: {
    arity: 2,
    run: (args, reply, { values }) => reply.simple(values.has(args.text(1)) ? 'string' : 'none'),
  },
  EXPIRE: { arity: -3, run: expireAs('seconds', 'from now') },
  PEXPIRE: { arity: -3, run: expireAs('milliseconds', 'from now') },
  EXPIREAT: { arity: -3, run: expireAs('seconds', 'date') },
  PEXPIREAT: { arity: -3, run: expireAs('milliseconds', 'date') },
  PERSIST: { arity: 2, run: persist },
  TTL: { arity: 2, run: timeLeftIn('seconds') },
  PTTL: { arity: 2, run: timeLeftIn('milliseconds') },
  INCR: { arity: 2, run: adding(1n, 'one') },
  DECR: { arity: 2, run: adding(-1n, 'one') },
  INCRBY: { arity: 3, run: adding(1n, 'said') },
  DECRBY: { arity: 3, run: adding(-1n, 'said') },
  SCAN: { arity: -2, run: scan },
  DBSIZE: { arity: 1, run: (_args, reply, { values }) => reply.integer(values.count) },
  FLUSHALL: { arity: -1, run: flush },
  FLUSHDB: { arity: -1, run: flush },
  PING: {
    arity: -1,
    run(args, reply) {
      if (args.count > 2) wrongArity(reply, 'ping');
      else if (args.count === 2) reply.bulk(args.text(1));
      else reply.simple('PONG');
    },
  },
  ECHO: { arity: 2, run: (args, reply) => reply.bulk(args.text(1)) },
  SELECT: {
    arity: 2,
    run: (args, reply) =>
      args.text(1) === '0'
        ? reply.simple(OK)
        : reply.error('ERR DB index is out of range: there is one database'),
  },
  AUTH: {
    arity: -2,
    run: (_args, reply) =>
      reply.error('ERR AUTH called without any password configured for the default user.'),
  },
  MULTI: {
    arity: 1,
    waits: 'never',
    run(_args, reply, { values }, connection) {
      if (connection.transaction !== undefined) return reply.error('ERR MULTI calls can not be nested');
      connection.transaction = new Transaction(values.cache.budgetBytes);
      reply.simple(OK);
    },
  },
  EXEC: { arity: 1, waits: 'never', run: execute },
  DISCARD: {
    arity: 1,
    waits: 'never',
    run(_args, reply, _context, connection) {
      if (connection.transaction === undefined) return reply.error('ERR DISCARD without MULTI');
      connection.transaction = undefined;
      reply.simple(OK);
    },
  },
  QUIT: {
    arity: -1,
    waits: 'never',
    run(_args, reply, _context, connection) {
      reply.simple(OK);
      connection.isClosing = true;
    },
  },
  HELLO: { arity: -1, run: hello },
  CLIENT: { arity: -2, run: client },
  COMMAND: { arity: -1, run: command },
  CONFIG: { arity: -2, run: config },
  INFO: { arity: -1, run: info },
};

const BY_NAME = new Map(Object.entries(COMMANDS));

/** Runs one command; what it does not know it refuses as Redis does. */
export function runCommand(
  args: CommandArgs,
  reply: ReplyWriter,
  context: CommandContext,
  connection: Connection,
): void {
  context.commands++;
  const name = args.name();
  const entry = BY_NAME.get(name);
  const { transaction } = connection;
  if (entry === undefined) {
    if (transaction) transaction.isBroken = true;
    reply.error(`ERR unknown command '${printable(args.text(0))}': l1-cache serves strings only`);
  } else if (entry.arity > 0 ? args.count !== entry.arity : args.count < -entry.arity) {
    if (transaction) transaction.isBroken = true;
    wrongArity(reply, name.toLowerCase());
  } else if (transaction === undefined || entry.waits === 'never')
    entry.run(args, reply, context, connection);
  else if (transaction.add(args)) reply.simple('QUEUED');
  else reply.error('OOM transaction is larger than the budget of this cache');
}

/** Nothing of another connection comes between: all run before the next chunk is read. */
function execute(
  _args: CommandArgs,
  reply: ReplyWriter,
  context: CommandContext,
  connection: Connection,
): void {
  const { transaction } = connection;
  connection.transaction = undefined;
  if (transaction === undefined) reply.error('ERR EXEC without MULTI');
  else if (transaction.isBroken) reply.error('EXECABORT Transaction discarded because of previous errors.');
  else {
    reply.array(transaction.commands.length);
    for (const queued of transaction.commands) runCommand(queued, reply, context, connection);
  }
}

function answer(reply: ReplyWriter, value: string | undefined): void {
  if (value === undefined) reply.nothing();
  else reply.bulk(value);
}

function wrongArity(reply: ReplyWriter, name: string): void {
  reply.error(`ERR wrong number of arguments for '${name}' command`);
}

function tooLarge(reply: ReplyWriter): void {
  reply.error('OOM value is larger than the budget of this cache');
}

function printable(text: string): string {
  return text.slice(0, 64).replace(/[^ -~]/g, '?');
}

function count(args: CommandArgs, reply: ReplyWriter, each: (key: string) => boolean): void {
  let counted = 0;
  for (let i = 1; i < args.count; i++) if (each(args.text(i))) counted++;
  reply.integer(counted);
}

function set(args: CommandArgs, reply: ReplyWriter, context: CommandContext): void {
  const { values } = context;
  const request = args.count === 3 ? PLAIN_SET : parseStringOptions('set', args, 3, context);
  if (typeof request === 'string') {
    reply.error(request);
    return;
  }
  const key = args.text(1);
  const old = request.givesOld ? values.get(key) : undefined;
  const isAllowed = request.when === 'always' || values.has(key) === (request.when === 'present');
  if (isAllowed && !values.set(key, args.text(2), ttlOf(request.life, values, key))) tooLarge(reply);
  else if (request.givesOld) answer(reply, old);
  else if (isAllowed) reply.simple(OK);
  else reply.nothing();
}

function flush(args: CommandArgs, reply: ReplyWriter, { values }: CommandContext): void {
  if (args.count > 2 || (args.count === 2 && !/^a?sync$/i.test(args.text(1)))) reply.error(SYNTAX);
  else {
    values.clear();
    reply.simple(OK);
  }
}

function setFor(args: CommandArgs, reply: ReplyWriter, { values }: CommandContext, unitMs: Millis): void {
  const given = integer(args.text(2));
  if (given === undefined) reply.error(NOT_INTEGER);
  else if (given <= 0) reply.error(`ERR invalid expire time in '${args.text(0).toLowerCase()}' command`);
  else if (values.set(args.text(1), args.text(3), given * unitMs)) reply.simple(OK);
  else tooLarge(reply);
}
