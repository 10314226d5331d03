import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stamped } from '../read-path.ts';
import { DOMAINS } from '../topology/domains.ts';
import type { DomainName } from '../topology/topology.ts';
import { FIRST_USER_ID, stampedJson, userIdOf, valueBytes } from './value.ts';

const domainOf = (name: DomainName) => DOMAINS.find((domain) => domain.name === name)!;

test('a value is JSON of its key’s size and carries the version', () => {
  for (const domain of DOMAINS) {
    for (let id = 0; id < 50; id += 1) {
      const at = { domain: domain.name, owner: 4, id };
      const json = stampedJson(1, domain, at, 20_000 + id, 400, 1_700_000_000_000.4);
      const value = JSON.parse(json) as Stamped;
      assert.equal(value.version, 20_000 + id);
      assert.equal(value.updatedAt, 1_700_000_000_000);
      const size = valueBytes(1, domain, at);
      if (size >= 90) assert.equal(Buffer.byteLength(json), size);
      assert.ok(size <= domain.maxValueBytes);
    }
  }
});

test('the same key and version give the same bytes, the next version others', () => {
  const at = { domain: 'price', owner: 4, id: 1 } as const;
  const json = (version: number): string => stampedJson(1, domainOf('price'), at, version, 400);
  assert.equal(json(17), json(17));
  assert.notEqual(json(17).replace('17', ''), json(18).replace('18', ''));
});

test('sizes are log-normal around the median of their domain', () => {
  const domain = domainOf('session');
  const sizes = Array.from({ length: 2001 }, (_, id) =>
    valueBytes(1, domain, { domain: 'session', owner: 1, id }),
  );
  const median = sizes.sort((a, b) => a - b)[1000]!;
  assert.ok(Math.abs(median / domain.medianValueBytes - 1) < 0.08, `${median}`);
});

test('a session names one of its owner’s users, the same in every version, and users spread widely', () => {
  const users = new Set<number>();
  for (let id = 0; id < 400; id += 1) {
    const at = { domain: 'session', owner: 9, id } as const;
    const [first, second] = [17, 18].map(
      (version) => (JSON.parse(stampedJson(1, domainOf('session'), at, version, 400)) as Stamped).userId,
    );
    assert.equal(first, second);
    assert.equal(first, userIdOf(1, 9, id, 400));
    users.add(first as number);
  }
  assert.ok(users.size > 200);
  assert.ok([...users].every((user) => user >= FIRST_USER_ID && user < FIRST_USER_ID + 400));
});
