import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdentifierFields } from './identifier-fields.ts';

function found(value: unknown, denyFields?: string[]): string[] {
  const seen: string[] = [];
  new IdentifierFields(denyFields).visit(value, (path, identifier) => seen.push(`${path}=${identifier}`));
  return seen;
}

test('identifiers are found at the top, one level down and in arrays', () => {
  const value = { userId: 7, org: { id: 'o-1' }, items: [1, 2], lines: [{ sku: 'a1' }, { sku: 'b2' }] };
  assert.deepEqual(found(value), [
    'userId=7',
    'org.id=o-1',
    'items[]=1',
    'items[]=2',
    'lines[].sku=a1',
    'lines[].sku=b2',
  ]);
});

test('flags, fractions, text and nothing are passed over', () => {
  assert.deepEqual(
    found({ active: true, price: 1.5, note: 'two words', gone: null, empty: '', big: 'x'.repeat(65) }),
    [],
  );
  assert.deepEqual(found('text'), []);
  assert.deepEqual(found(new Uint8Array(4)), []);
});

test('a field named like a secret is never looked at, wherever it is', () => {
  const secrets = {
    password: 'p1',
    accessToken: 't1',
    API_KEY: 'k1',
    'e-mail': 'a@b.c',
    user: { sessionId: 's1', Phone_Number: '555' },
    logins: [{ cookie: 'c1' }],
  };
  assert.deepEqual(found(secrets), []);
});

test('own denials go before everything else', () => {
  assert.deepEqual(found({ customerNo: 5, id: 6 }, ['customer_no']), ['id=6']);
});

test('a wide value and a long array are looked at in part', () => {
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i]));
  assert.equal(found(wide).length, 16);
  assert.equal(found({ ids: Array.from({ length: 100 }, (_, i) => i) }).length, 16);
});
