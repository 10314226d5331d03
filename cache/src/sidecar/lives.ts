import type { Millis } from '../units.ts';
import type { Command } from './command-context.ts';
import { integer, NOT_INTEGER } from './integer.ts';
import type { CommandArgs } from './request-parser.ts';
import { parseStringOptions } from './string-options.ts';
import type { Life } from './values.ts';

const UNIT_MS = { seconds: 1000, milliseconds: 1 };

type Unit = keyof typeof UNIT_MS;

/** [P]EXPIRE[AT] key time [NX | XX | GT | LT] */
export function expireAs(unit: Unit, from: 'from now' | 'date'): Command {
  return (args, reply, { values, wallNow }) => {
    const options = parseExpireOptions(args);
    if (typeof options === 'string') return reply.error(options);
    const given = integer(args.text(2));
    if (given === undefined) return reply.error(NOT_INTEGER);
    const ttlMs = given * UNIT_MS[unit] - (from === 'date' ? wallNow() : 0);
    const key = args.text(1);
    const life = values.life(key);
    if (life === 'gone' || !isAllowed(options, life, ttlMs)) return reply.integer(0);
    reply.integer(Number(ttlMs > 0 ? values.setLife(key, ttlMs) : values.delete(key)));
  };
}

/** GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] */
export const getAndExpire: Command = (args, reply, context) => {
  const { values } = context;
  const options = parseStringOptions('getex', args, 2, context);
  if (typeof options === 'string') return reply.error(options);
  const key = args.text(1);
  const value = values.get(key);
  if (value === undefined) return reply.nothing();
  reply.bulk(value);
  if (options.life !== 'keep') values.setLife(key, options.life === 'forever' ? undefined : options.life);
};

export const persist: Command = (args, reply, { values }) => {
  const key = args.text(1);
  reply.integer(Number(typeof values.life(key) === 'number' && values.setLife(key, undefined)));
};

export function timeLeftIn(unit: Unit): Command {
  return (args, reply, { values }) => {
    const left = values.life(args.text(1));
    if (left === 'gone') reply.integer(-2);
    else if (left === 'forever') reply.integer(-1);
    else reply.integer(unit === 'milliseconds' ? Math.ceil(left) : Math.round(left / 1000));
  };
}

type ExpireOption = 'NX' | 'XX' | 'GT' | 'LT';

/** Text is the error to answer. */
function parseExpireOptions(args: CommandArgs): Set<ExpireOption> | string {
  const options = new Set<ExpireOption>();
  for (let i = 3; i < args.count; i++) {
    const option = args.text(i).toUpperCase();
    if (!/^(NX|XX|GT|LT)$/.test(option)) return `ERR Unsupported option ${args.text(i)}`;
    options.add(option as ExpireOption);
  }
  if (options.has('NX') && options.size > 1)
    return 'ERR NX and XX, GT or LT options at the same time are not compatible';
  if (options.has('GT') && options.has('LT'))
    return 'ERR GT and LT options at the same time are not compatible';
  return options;
}

function isAllowed(options: Set<ExpireOption>, life: Exclude<Life, 'gone'>, ttlMs: Millis): boolean {
  const leftMs = life === 'forever' ? Number.POSITIVE_INFINITY : life;
  if (options.has('NX')) return life === 'forever';
  if (options.has('XX') && life === 'forever') return false;
  if (options.has('GT')) return ttlMs > leftMs;
  return !options.has('LT') || ttlMs < leftMs;
}
