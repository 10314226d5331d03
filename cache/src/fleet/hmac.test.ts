import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Hmac } from './hmac.ts';

test('gives the digests of createHmac for any key, text and bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 800 }), fc.uint8Array({ maxLength: 800 }))),
      (key, messages) => {
        const hmac = new Hmac(key);
        for (const [text, bytes] of messages) {
          const expected = createHmac('sha256', key).update(text).update(bytes).digest('hex');
          assert.equal(hmac.digest(text, bytes).toString('hex'), expected);
        }
      },
    ),
    { seed: 3 },
  );
});
