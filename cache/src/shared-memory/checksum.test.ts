import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksum } from './checksum.ts';

test('it gives what the reference implementation of xxHash32 gives', () => {
  const letters = 'abcdefghijklmnop';
  const given: [text: string, seed: number, expected: number][] = [
    ['abcd', 0, 0xa3643705],
    ['abcdefgh', 7, 0xe435cd0e],
    [letters, 0, 0x9d2d8b62],
    [`${letters.repeat(3)}qrstuvwx`, 0xdeadbeef, 0x964b9194],
  ];
  for (const [text, seed, expected] of given) {
    const words = new Uint32Array(1 + text.length / 4);
    Buffer.from(words.buffer).write(text, 4, 'latin1');
    assert.equal(checksum(words, 1, words.length, seed), expected, text);
  }
});
