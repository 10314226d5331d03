import type { Command } from './command-context.ts';
import { NOT_INTEGER } from './integer.ts';
import { ttlOf } from './string-options.ts';

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** [INCR|DECR]BY key amount, INCR and DECR key: a number held as text, which keeps its life; none held is 0. */
export function adding(sign: 1n | -1n, amount: 'one' | 'said'): Command {
  return (args, reply, { values }) => {
    const key = args.text(1);
    const by = amount === 'one' ? 1n : integer64(args.text(2));
    const held = integer64(values.get(key) ?? '0');
    if (by === undefined || held === undefined) return reply.error(NOT_INTEGER);
    const sum = held + sign * by;
    if (sum < LEAST || sum > MOST) return reply.error('ERR increment or decrement would overflow');
    values.set(key, String(sum), ttlOf('keep', values, key));
    reply.integer(sum);
  };
}

/** A whole number of 64 bits as Redis reads it, or undefined. */
function integer64(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < LEAST || value > MOST ? undefined : value;
}
