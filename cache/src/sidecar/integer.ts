export const SYNTAX = 'ERR syntax error';
export const NOT_INTEGER = 'ERR value is not an integer or out of range';

/** A whole number as Redis reads it, or undefined. */
export function integer(text: string): number | undefined {
  const value = Number(text);
  return /^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}
