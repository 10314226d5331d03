/**
 * Whether the whole text fits a pattern of Redis: `*`, `?`, `[a-z]`, `[^a]`, and `\` before what stands for itself.
 * Work is bounded by the product of both lengths, whatever the pattern.
 */
export function fits(pattern: string, text: string): boolean {
  let at = 0;
  let read = 0;
  /** Where to go on when what follows the last `*` does not fit: that star takes one character more. */
  let afterStar = -1;
  let starRead = 0;
  while (read < text.length) {
    if (pattern[at] === '*') {
      afterStar = ++at;
      starRead = read;
      continue;
    }
    const next = at < pattern.length ? step(pattern, at, text[read]!) : -1;
    if (next >= 0) {
      at = next;
      read++;
    } else if (afterStar >= 0) {
      at = afterStar;
      read = ++starRead;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** The place after the one-character pattern at `at` if it takes `char`, else -1. */
function step(pattern: string, at: number, char: string): number {
  if (pattern[at] === '?') return at + 1;
  if (pattern[at] === '[') return stepClass(pattern, at + 1, char);
  const literal = pattern[at] === '\\' && at + 1 < pattern.length ? at + 1 : at;
  return pattern[literal] === char ? literal + 1 : -1;
}

/** As Redis reads it, a class that is not closed ends with the pattern. */
function stepClass(pattern: string, from: number, char: string): number {
  const isNot = pattern[from] === '^';
  let at = isNot ? from + 1 : from;
  let isIn = false;
  for (; at < pattern.length && pattern[at] !== ']'; at++) {
    if (pattern[at] === '\\' && at + 1 < pattern.length) isIn ||= pattern[++at] === char;
    else if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      const [low, high] = [pattern[at]!, pattern[at + 2]!].sort() as [string, string];
      isIn ||= low <= char && char <= high;
      at += 2;
    } else isIn ||= pattern[at] === char;
  }
  if (isIn === isNot) return -1;
  return Math.min(at + 1, pattern.length);
}
