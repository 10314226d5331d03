import type { Command } from './command-context.ts';
import { fits } from './glob.ts';
import { integer, NOT_INTEGER, SYNTAX } from './integer.ts';

/** SCAN cursor [MATCH pattern] [COUNT count] [TYPE type] */
export const scan: Command = (args, reply, { values }) => {
  const cursor = integer(args.text(1));
  if (cursor === undefined || cursor < 0) return reply.error('ERR invalid cursor');
  let pattern = '*';
  let count = 10;
  let type = 'string';
  for (let i = 2; i < args.count; i += 2) {
    if (i + 1 === args.count) return reply.error(SYNTAX);
    const said = args.text(i + 1);
    switch (args.text(i).toUpperCase()) {
      case 'MATCH':
        pattern = said;
        break;
      case 'COUNT': {
        const given = integer(said);
        if (given === undefined) return reply.error(NOT_INTEGER);
        if (given < 1) return reply.error(SYNTAX);
        count = given;
        break;
      }
      case 'TYPE':
        type = said.toLowerCase();
        break;
      default:
        return reply.error(SYNTAX);
    }
  }
  const step = values.scan(cursor, count);
  const keys = type === 'string' ? step.keys.filter((key) => pattern === '*' || fits(pattern, key)) : [];
  reply.array(2);
  reply.bulk(String(step.cursor));
  reply.array(keys.length);
  for (const key of keys) reply.bulk(key);
};
