import type { Millis } from '../units.ts';
import type { CommandContext } from './command-context.ts';
import { integer, NOT_INTEGER, SYNTAX } from './integer.ts';
import type { CommandArgs } from './request-parser.ts';
import type { Values } from './values.ts';

/** Which life a value gets; `keep`: the one it has. */
export type NewLife = Millis | 'forever' | 'keep';

export interface StringOptions {
  readonly life: NewLife;
  readonly when: 'always' | 'absent' | 'present';
  readonly givesOld: boolean;
}

const LIFE_OPTIONS = {
  set: /^((EX|PX)(AT)?|KEEPTTL)$/,
  getex: /^((EX|PX)(AT)?|PERSIST)$/,
};

/**
 * SET … [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] [NX | XX] [GET] and GETEX … [EX s | PX ms | EXAT s | PXAT ms |
 * PERSIST]; text is the error to answer.
 */
export function parseStringOptions(
  command: 'set' | 'getex',
  args: CommandArgs,
  from: number,
  { wallNow }: CommandContext,
): StringOptions | string {
  /** The option that says how long, and what it says; of one given twice the last counts. */
  let option = '';
  let said = '';
  let when: StringOptions['when'] = 'always';
  let givesOld = false;
  for (let i = from; i < args.count; i++) {
    const word = args.text(i).toUpperCase();
    if (command === 'set' && word === 'NX' && when !== 'present') when = 'absent';
    else if (command === 'set' && word === 'XX' && when !== 'absent') when = 'present';
    else if (command === 'set' && word === 'GET') givesOld = true;
    else if (!LIFE_OPTIONS[command].test(word) || (option !== '' && option !== word)) return SYNTAX;
    else {
      option = word;
      if (word === 'KEEPTTL' || word === 'PERSIST') continue;
      if (++i >= args.count) return SYNTAX;
      said = args.text(i);
    }
  }
  if (option === '') return { life: command === 'set' ? 'forever' : 'keep', when, givesOld };
  if (option === 'KEEPTTL') return { life: 'keep', when, givesOld };
  if (option === 'PERSIST') return { life: 'forever', when, givesOld };
  const given = integer(said);
  if (given === undefined) return NOT_INTEGER;
  if (given <= 0) return `ERR invalid expire time in '${command}' command`;
  const ms = option.startsWith('EX') ? given * 1000 : given;
  return { life: option.endsWith('AT') ? ms - wallNow() : ms, when, givesOld };
}

/** The life that a value set under this key gets; undefined is for ever. */
export function ttlOf(life: NewLife, values: Values, key: string): Millis | undefined {
  const wanted = life === 'keep' ? values.life(key) : life;
  return typeof wanted === 'number' ? wanted : undefined;
}
