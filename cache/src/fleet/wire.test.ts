import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, encode, inParts, packKeys, type Signal, unpackKeys } from './wire.ts';

const hash = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const keys = fc.array(
  fc.record({ hash, stamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }, { noNullPrototype: true }),
);
const signal: fc.Arbitrary<Signal> = fc.oneof(
  fc.constant<Signal>({ kind: 'warm-request' }),
  fc.record({ kind: fc.constant('hello'), number: fc.nat(2 ** 16 - 1) }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constantFrom('misses', 'misses-hashed', 'reveal', 'hot-hashed'), hashes: fc.array(hash) },
    { noNullPrototype: true },
  ),
  fc.record({ kind: fc.constantFrom('changed', 'validated'), keys }, { noNullPrototype: true }),
  fc.record({ kind: fc.constantFrom('revealed', 'hot', 'rules'), sealed: bytes }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constant('warm-keys'), last: fc.boolean(), lesson: fc.double(), sealed: bytes },
    { noNullPrototype: true },
  ),
) as fc.Arbitrary<Signal>;

test('every signal is read as it was written', () => {
  fc.assert(
    fc.property(signal, (written) => {
      assert.deepEqual(decode(encode(written, 8).subarray(0, -8)), written);
    }),
    { seed: 5 },
  );
});

test('bytes that are no signal are refused or read, never an error', () => {
  fc.assert(
    fc.property(bytes, (noise) => void decode(noise)),
    { seed: 5, numRuns: 500 },
  );
});

test('keys are unpacked as they were packed, and what is cut off is left out', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.nat(20), (written, cut) => {
      const packed = packKeys(written);
      assert.deepEqual([...unpackKeys(packed)], written);
      const rest = [...unpackKeys(packed.subarray(0, Math.max(0, packed.length - cut)))];
      assert.deepEqual(rest, written.slice(0, rest.length));
    }),
    { seed: 5 },
  );
});

test('keys are cut into parts that fit a message, in order, with none left out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(8192), { maxLength: 100 }),
      fc.integer({ min: 1, max: 40 }),
      (lengths, maxKeys) => {
        const written = lengths.map((length, i) => `${i}`.padEnd(length, 'ä'));
        const parts = inParts(written, maxKeys);
        assert.deepEqual(parts.flat(), written);
        for (const part of parts) {
          assert.ok(part.length > 0 && part.length <= maxKeys);
          assert.ok(packKeys(part).length <= 60_000);
        }
      },
    ),
    { seed: 5 },
  );
});
