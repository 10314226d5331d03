import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessFormat, parseTrace, TraceError } from './formats.ts';

const text = (lines: string): Buffer => Buffer.from(lines, 'latin1');
const keysOf = (bytes: Buffer, format: Parameters<typeof parseTrace>[2]): number[] => [
  ...parseTrace('t', bytes, format).keys,
];

function lcsRecord(id: bigint, sizeBytes: number): Buffer {
  const record = Buffer.alloc(24);
  record.writeBigUInt64LE(id, 4);
  record.writeUInt32LE(sizeBytes, 12);
  return record;
}

test('be32 and be64 are raw integers, numbered by first appearance', () => {
  assert.deepEqual(keysOf(Buffer.from([0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 9]), 'be32'), [0, 1, 0]);
  const longs = Buffer.alloc(24);
  longs.writeBigInt64BE(1n << 40n, 0);
  longs.writeBigInt64BE(1n, 8);
  longs.writeBigInt64BE(1n << 40n, 16);
  assert.deepEqual(keysOf(longs, 'be64'), [0, 1, 0]);
});

test('lirs skips blank lines and stars', () => {
  assert.deepEqual(keysOf(text('7\n\n*\n8\n7\n'), 'lirs'), [0, 1, 0]);
});

test('lirs takes keys of 64 bits, with a sign or without', () => {
  const lines = ['-5', '5', '9007199254740993', '9007199254740992', '18446744073709551615', '-5'];
  assert.deepEqual(keysOf(text(lines.join('\r\n')), 'lirs'), [0, 1, 2, 3, 4, 0]);
  assert.throws(() => keysOf(text('18446744073709551616\n'), 'lirs'), /is not a whole number/);
});

test('arc takes any blanks between its columns and refuses a line of more blocks than any cache holds', () => {
  assert.deepEqual(keysOf(text('10\t2  0 0\n'), 'arc'), [0, 1]);
  assert.throws(() => keysOf(text('1 1000000000000000 0 0\n'), 'arc'), /at most 16777216/);
});

test('arc expands a line to consecutive blocks', () => {
  assert.deepEqual(keysOf(text('10 3 0 0\n11 2 0 1\n'), 'arc'), [0, 1, 2, 1, 2]);
});

test('adapt tells one identifier at two sizes apart and keeps the sizes', () => {
  const trace = parseTrace('t', text('1 5 100\n2 5 200\n3 5 100\n'), 'adapt');
  assert.deepEqual([...trace.keys], [0, 1, 0]);
  assert.deepEqual([...(trace.sizesBytes ?? [])], [100, 200, 100]);
});

test('lcs reads bare records and records behind a header', () => {
  const records = Buffer.concat([lcsRecord(5n, 10), lcsRecord(1n << 50n, 20), lcsRecord(5n, 10)]);
  const header = Buffer.alloc(1024);
  header.writeBigUInt64LE(0x123456789abcdef0n, 0);
  header.writeBigUInt64LE(1n, 8);
  for (const bytes of [records, Buffer.concat([header, records])]) {
    const trace = parseTrace('t', bytes, 'lcs');
    assert.deepEqual([...trace.keys], [0, 1, 0]);
    assert.deepEqual([...(trace.sizesBytes ?? [])], [10, 20, 10]);
  }
});

test('txt takes any word as a key and a size behind it', () => {
  const trace = parseTrace('t', text('user:1 10\nuser:2 20\nuser:1 10\n'), 'txt');
  assert.deepEqual([...trace.keys], [0, 1, 0]);
  assert.deepEqual([...(trace.sizesBytes ?? [])], [10, 20, 10]);
});

test('more keys than the first tables hold keep their numbers', () => {
  const bytes = Buffer.alloc(4 * 400_000);
  for (let at = 0; at < 400_000; at++) bytes.writeUInt32BE((at % 200_000) * 7, at * 4);
  const trace = parseTrace('t', bytes, 'be32');
  assert.equal(trace.distinctKeys, 200_000);
  assert.equal(trace.keys[399_999], 199_999);
});

test('the format is guessed from the name, and otherwise from the content', () => {
  const words = Buffer.alloc(64, 3);
  assert.equal(guessFormat('OLTP.lis.zst', text('1 1 0 0\n')), 'arc');
  assert.equal(guessFormat('x', text('1 1 0 0\n')), 'arc');
  assert.equal(guessFormat('adapt-size.trace', text('1 0 68\n')), 'adapt');
  assert.equal(guessFormat('loop.trace.zst', text('0\n1\n')), 'lirs');
  assert.equal(guessFormat('keys.txt', text('a\nb\n')), 'txt');
  assert.equal(guessFormat('corda-vaultservice.zst', words), 'be64');
  assert.equal(guessFormat('w106.trace', words), 'be32');
  assert.equal(guessFormat('cloudPhysicsIO.oracleGeneral.bin', words), 'lcs');
});

test('an ending that names a format is believed, whatever the keys look like', () => {
  const smallKeys = Buffer.from([0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 7]);
  assert.equal(guessFormat('small.be32.gz', smallKeys), 'be32');
  assert.equal(guessFormat('large.be64', Buffer.alloc(64, 3)), 'be64');
});

test('small keys of 32 bits are not taken for halves of keys of 64', () => {
  const shorts = Buffer.alloc(400);
  for (let at = 0; at < 100; at++) shorts.writeUInt32BE((at * 7) % 50, at * 4);
  assert.equal(guessFormat('x', shorts), 'be32');
  const longs = Buffer.alloc(800);
  for (let at = 0; at < 100; at++) longs.writeUInt32BE((at * 7) % 50, at * 8 + 4);
  assert.equal(guessFormat('x', longs), 'be64');
});

test('letters beyond ASCII are text', () => {
  assert.equal(guessFormat('x', Buffer.from('clé:1\nclé:2\n')), 'txt');
});

test('text is refused as a binary format, and binary data as a textual one', () => {
  const words = text('user:1\n'.repeat(16));
  assert.throws(() => parseTrace('t', words, 'be64'), /t: the file holds text, which be64 is not/);
  assert.throws(() => parseTrace('t', Buffer.alloc(64), 'txt'), /binary data, which txt is not/);
});

test('a file that ends within its lcs header is refused', () => {
  const header = Buffer.alloc(40);
  header.writeBigUInt64LE(0x123456789abcdef0n, 0);
  header.writeBigUInt64LE(1n, 8);
  assert.throws(() => parseTrace('t', header, 'lcs'), /cut off within the header of 1024 bytes/);
});

test('a file that is cut off or holds something else is refused with its name', () => {
  assert.throws(() => parseTrace('cut', Buffer.alloc(5), 'be32'), TraceError);
  assert.throws(
    () => parseTrace('words', text('a b c d\n'), 'arc'),
    /words, line 1: "a" is not a whole number/,
  );
  assert.throws(() => parseTrace('empty', Buffer.alloc(0), 'txt'), /no accesses/);
});
