import type { Millis } from '../units.ts';
import type { Command, CommandContext, Connection } from './command-context.ts';
import { integer, NOT_INTEGER, SYNTAX } from './integer.ts';
import type { ReplyWriter } from './reply-writer.ts';
import type { CommandArgs } from './request-parser.ts';
import { scan } from './scan.ts';
import { client, command, config, hello, info } from './server-commands.ts';
import type { Values } from './values.ts';

/** A command with the number of arguments it takes, its own name included; negative means at least. */
interface Entry {
  readonly arity: number;
  readonly run: Command;
}

const OK = 'OK';
const PLAIN_SET: SetRequest = { ttlMs: undefined, when: 'always', givesOld: false };

const COMMANDS: Readonly<Record<string, Entry>> = {
  GET: {
    arity: 2,
    run: (args, reply, { values }) => answer(reply, values.get(args.text(1))),
  },
  SET: { arity: -3, run: set },
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
  EXPIRE: { arity: 3, run: (args, reply, context) => expire(args, reply, context, 1000) },
  PEXPIRE: { arity: 3, run: (args, reply, context) => expire(args, reply, context, 1) },
  PERSIST: { arity: 2, run: (args, reply, { values }) => persist(args.text(1), reply, values) },
  TTL: { arity: 2, run: (args, reply, { values }) => timeLeft(args, reply, values, 1000) },
  PTTL: { arity: 2, run: (args, reply, { values }) => timeLeft(args, reply, values, 1) },
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
  QUIT: {
    arity: -1,
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
  if (entry === undefined) {
    reply.error(`ERR unknown command '${printable(args.text(0))}': l1-cache serves strings only`);
  } else if (entry.arity > 0 ? args.count !== entry.arity : args.count < -entry.arity) {
    wrongArity(reply, name.toLowerCase());
  } else entry.run(args, reply, context, connection);
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

interface SetRequest {
  readonly ttlMs: Millis | undefined;
  readonly when: 'always' | 'absent' | 'present';
  readonly givesOld: boolean;
}

/** SET key value [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] [NX | XX] [GET]; text is the error to answer. */
function parseSet(args: CommandArgs, { values, wallNow }: CommandContext): SetRequest | string {
  /** The option that says how long, and what it says; of one given twice the last counts. */
  let life = '';
  let said = '';
  let when: SetRequest['when'] = 'always';
  let givesOld = false;
  for (let i = 3; i < args.count; i++) {
    const option = args.text(i).toUpperCase();
    if (option === 'NX' && when !== 'present') when = 'absent';
    else if (option === 'XX' && when !== 'absent') when = 'present';
    else if (option === 'GET') givesOld = true;
    else if (!/^((EX|PX)(AT)?|KEEPTTL)$/.test(option) || (life !== '' && life !== option)) return SYNTAX;
    else {
      life = option;
      if (option === 'KEEPTTL') continue;
      if (++i >= args.count) return SYNTAX;
      said = args.text(i);
    }
  }
  if (life === '') return { ttlMs: undefined, when, givesOld };
  if (life === 'KEEPTTL') {
    const left = values.life(args.text(1));
    return { ttlMs: typeof left === 'number' ? left : undefined, when, givesOld };
  }
  const given = integer(said);
  if (given === undefined) return NOT_INTEGER;
  if (given <= 0) return "ERR invalid expire time in 'set' command";
  const ms = life.startsWith('EX') ? given * 1000 : given;
  return { ttlMs: life.endsWith('AT') ? ms - wallNow() : ms, when, givesOld };
}

function set(args: CommandArgs, reply: ReplyWriter, context: CommandContext): void {
  const { values } = context;
  const request = args.count === 3 ? PLAIN_SET : parseSet(args, context);
  if (typeof request === 'string') {
    reply.error(request);
    return;
  }
  const key = args.text(1);
  const old = request.givesOld ? values.get(key) : undefined;
  const isAllowed = request.when === 'always' || values.has(key) === (request.when === 'present');
  if (isAllowed && !values.set(key, args.text(2), request.ttlMs)) tooLarge(reply);
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

function expire(args: CommandArgs, reply: ReplyWriter, { values }: CommandContext, unitMs: Millis): void {
  const given = integer(args.text(2));
  const key = args.text(1);
  if (given === undefined) reply.error(NOT_INTEGER);
  else reply.integer(Number(given > 0 ? values.setLife(key, given * unitMs) : values.delete(key)));
}

function persist(key: string, reply: ReplyWriter, values: Values): void {
  reply.integer(Number(typeof values.life(key) === 'number' && values.setLife(key, undefined)));
}

function timeLeft(args: CommandArgs, reply: ReplyWriter, values: Values, unitMs: Millis): void {
  const left = values.life(args.text(1));
  if (left === 'gone') reply.integer(-2);
  else if (left === 'forever') reply.integer(-1);
  else reply.integer(unitMs === 1 ? Math.ceil(left) : Math.round(left / unitMs));
}
