import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CommandArgs, ProtocolError, RequestParser } from './request-parser.ts';

const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
const words = (args: CommandArgs) => Array.from({ length: args.count }, (_, i) => args.text(i));
const bytes = (text: string) => Buffer.from(text, 'latin1');

test('a command that comes byte by byte is put together without being read again from its start', () => {
  const sent = ['MSET', ...Array.from({ length: 40_000 }, (_, i) => `key:${i}`)];
  const parser = new RequestParser();
  const seen: string[][] = [];
  const one = Buffer.alloc(1);
  const startedMs = performance.now();
  for (const byte of bytes(command(...sent) + command('PING'))) {
    one[0] = byte;
    parser.feed(one, 1, (args) => {
      seen.push(words(args));
      return 'next';
    });
  }
  assert.deepEqual(seen, [sent, ['PING']]);
  // 0.1 s where a byte costs a byte; from the start each time it was 30 s.
  assert.ok(performance.now() - startedMs < 3000, `${performance.now() - startedMs} ms`);
});

test('what follows a command that asks to wait comes with the next call', () => {
  const parser = new RequestParser();
  const seen: string[] = [];
  const one = (args: CommandArgs) => {
    seen.push(args.text(0));
    return 'wait' as const;
  };
  const sent = bytes(`${command('A')}B\r\n${command('C')}${command('D').slice(0, -3)}`);
  parser.feed(sent, sent.length, one);
  sent.fill(0);
  assert.deepEqual(seen, ['A']);
  for (let i = 0; i < 3; i++) parser.feed(Buffer.alloc(0), 0, one);
  assert.deepEqual(seen, ['A', 'B', 'C']);
  parser.feed(bytes('D\r\n'), 3, one);
  assert.deepEqual(seen, ['A', 'B', 'C', 'D']);
});

test('a command that says how many arguments it has takes no memory for them before they come', () => {
  const before = process.memoryUsage().arrayBuffers;
  const said = bytes('*1000000\r\n');
  const parsers = Array.from({ length: 20 }, () => new RequestParser());
  for (const parser of parsers) parser.feed(said, said.length, () => 'next');
  assert.ok(process.memoryUsage().arrayBuffers - before < 1 << 20);
});

test('more arguments, a longer one, or a longer command than allowed are refused before they have come', () => {
  const said = (text: string) => () => {
    const parser = new RequestParser({ args: 3, argBytes: 100, commandBytes: 150 });
    parser.feed(bytes(text), text.length, () => 'next');
  };
  assert.throws(said('*4\r\n'), ProtocolError);
  assert.throws(said('*3\r\n$101\r\n'), ProtocolError);
  assert.throws(said(`*2\r\n$100\r\n${'x'.repeat(100)}\r\n$40\r\n`), /too big request/);
});

test('a command typed by hand with quotes is refused, not taken with them', () => {
  const typed = bytes('SET q "a"\r\n');
  assert.throws(() => new RequestParser().feed(typed, typed.length, () => 'next'), ProtocolError);
});
