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
    'session.id': 's2',
    'api key': 'k2',
    jwt: 'j1',
    authorisation: 'a1',
    accessKeyId: 'k3',
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

test('a value that is an array is looked at like any array, and only its first elements', () => {
  const ids = Array.from({ length: 100 }, (_, i) => i);
  assert.deepEqual(found(ids).slice(0, 2), ['[]=0', '[]=1']);
  assert.equal(found(ids).length, 16);
  assert.deepEqual(found([{ sku: 'a1' }]), ['[].sku=a1']);
});

test('the fields of a value used as a map are listed once, not at each read', () => {
  let listed = 0;
  const map = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`f${i}`, i]));
  const value = new Proxy(map, {
    ownKeys: (target) => {
      listed++;
      return Reflect.ownKeys(target);
    },
  });
  const fields = new IdentifierFields();
  fields.visit(value, () => {});
  const first = listed;
  for (let i = 0; i < 10; i++) fields.visit(value, () => {});
  assert.ok(first > 0);
  assert.equal(listed, first);
});

test('a value with a getter that throws, or a revoked proxy, names what comes before it', () => {
  const odd = {
    id: 7,
    get late(): number {
      throw new Error('not loaded');
    },
  };
  assert.deepEqual(found(odd), ['id=7']);
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.deepEqual(found(proxy), []);
  assert.equal(new IdentifierFields().at(proxy, 'id'), undefined);
  assert.equal(new IdentifierFields().at(odd, 'late'), undefined);
});
