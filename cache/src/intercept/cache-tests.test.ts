import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

/*
 * The applicable cases of the public HTTP cache test suite, https://github.com/http-tests/cache-tests, by their ids;
 * the cases themselves are written anew. A number in a date header is seconds from now.
 * Left out: browser-only cases; validation and 304 (we keep nothing that needs it); partial content (never kept);
 * `Authorization` with `public` and `Set-Cookie` (allowed to be kept, and deliberately not); stale answers (never
 * served); obsolete date formats (taken as stale); CDN-Cache-Control and Surrogate-Control.
 */
interface Case {
  readonly id: string;
  readonly answer?: readonly (readonly [name: string, value: string | number])[];
  readonly status?: number;
  readonly first?: Record<string, string | string[]>;
  readonly second?: Record<string, string | string[]>;
  readonly waitSeconds?: number;
  readonly between?: { readonly method: 'POST' | 'PUT' | 'DELETE' | 'M-SEARCH'; readonly status: number };
  readonly secondPath?: string;
  readonly expect: 'cached' | 'not-cached';
}

const FRESH = [['Cache-Control', 'max-age=3600']] as const;
const cc = (id: string, value: string, expect: Case['expect'], waitSeconds = 3): Case => ({
  id,
  answer: [['Cache-Control', value]],
  expect,
  waitSeconds,
});
const expires = (id: string, value: string | number, expect: Case['expect']): Case => ({
  id,
  answer: [
    ['Expires', value],
    ['Date', 0],
  ],
  expect,
});
const age = (id: string, value: string, expect: Case['expect']): Case => ({
  id,
  answer: [
    ['Date', 0],
    ['Cache-Control', 'max-age=3600'],
    ['Age', value],
  ],
  expect,
});
const ask = (id: string, directive: string, expect: Case['expect'], waitSeconds = 3): Case => ({
  id,
  answer: FRESH,
  second: { 'cache-control': directive },
  expect,
  waitSeconds,
});
const vary = (
  id: string,
  value: string,
  first: Record<string, string>,
  second: Record<string, string>,
  expect: Case['expect'],
): Case => ({
  id,
  answer: [
    ['Cache-Control', 'max-age=5000'],
    ['Vary', value],
  ],
  first,
  second,
  expect,
});

const CASES: readonly Case[] = [
  // Cache-Control freshness
  { id: 'freshness-none', expect: 'not-cached' },
  cc('freshness-max-age', 'max-age=3600', 'cached'),
  cc('freshness-max-age-stale', 'max-age=2', 'not-cached'),
  cc('freshness-max-age-0', 'max-age=0', 'not-cached'),
  cc('freshness-max-age-max-minus-1', 'max-age=2147483647', 'cached'),
  cc('freshness-max-age-max', 'max-age=2147483648', 'cached'),
  cc('freshness-max-age-max-plus-1', 'max-age=2147483649', 'cached'),
  cc('freshness-max-age-max-plus', 'max-age=99999999999', 'cached'),
  age('freshness-max-age-age', '7200', 'not-cached'),
  { id: 'freshness-max-age-date', answer: [['Date', -7200], ...FRESH], expect: 'not-cached' },
  { id: 'freshness-max-age-expires', answer: [...FRESH, ['Expires', -7200], ['Date', 0]], expect: 'cached' },
  {
    id: 'freshness-max-age-expires-invalid',
    answer: [...FRESH, ['Expires', '0'], ['Date', 0]],
    expect: 'cached',
  },
  {
    id: 'freshness-max-age-0-expires',
    answer: [
      ['Expires', 3600],
      ['Cache-Control', 'max-age=0'],
      ['Date', 0],
    ],
    expect: 'not-cached',
  },
  cc('freshness-max-age-extension', 'foobar, max-age=3600', 'cached'),
  cc('freshness-max-age-case-insenstive', 'MaX-aGe=3600', 'cached'),
  cc('freshness-max-age-negative', 'max-age=-3600', 'not-cached'),
  cc('freshness-s-maxage-shared', 's-maxage=3600', 'cached'),
  cc('freshness-max-age-s-maxage-shared-longer', 'max-age=3600, s-maxage=1', 'not-cached'),
  cc('freshness-max-age-s-maxage-shared-longer-reversed', 's-maxage=1, max-age=3600', 'not-cached'),
  {
    id: 'freshness-max-age-s-maxage-shared-longer-multiple',
    answer: [
      ['Cache-Control', 'max-age=3600'],
      ['Cache-Control', 's-maxage=1'],
    ],
    waitSeconds: 3,
    expect: 'not-cached',
  },
  cc('freshness-max-age-s-maxage-shared-shorter', 'max-age=1, s-maxage=3600', 'cached'),
  {
    id: 'freshness-max-age-s-maxage-shared-shorter-expires',
    answer: [
      ['Expires', -10],
      ['Cache-Control', 'max-age=0, s-maxage=3600'],
    ],
    expect: 'cached',
  },
  // Cache-Control parsing
  cc('freshness-max-age-quoted', 'max-age="3600"', 'cached'),
  cc('freshness-max-age-ignore-quoted', 'extension="max-age=3600", max-age=1', 'not-cached'),
  cc('freshness-max-age-ignore-quoted-rev', 'max-age=1, extension="max-age=3600"', 'not-cached'),
  cc('freshness-max-age-space-before-equals', 'max-age =3600', 'not-cached'),
  cc('freshness-max-age-space-after-equals', 'max-age= 3600', 'not-cached'),
  cc('freshness-max-age-leading-zero', 'max-age=003600', 'cached'),
  cc('freshness-max-age-single-quoted', "max-age='3600'", 'not-cached'),
  cc('freshness-max-age-two-stale-fresh-sameline', 'max-age=1, max-age=1800', 'not-cached'),
  // Cache-Control response directives
  cc('cc-resp-private-shared', 'private, max-age=3600', 'not-cached'),
  cc('cc-resp-no-store', 'no-store', 'not-cached'),
  cc('cc-resp-no-store-case-insensitive', 'No-StOrE', 'not-cached'),
  cc('cc-resp-no-store-fresh', 'max-age=10000, no-store', 'not-cached'),
  cc('cc-resp-no-cache', 'max-age=10000, no-cache', 'not-cached'),
  cc('cc-resp-no-cache-case-insensitive', 'max-age=10000, No-CaChE', 'not-cached'),
  cc('cc-resp-must-revalidate-fresh', 'max-age=10000, must-revalidate', 'cached'),
  cc('cc-resp-must-revalidate-stale', 'max-age=2, must-revalidate', 'not-cached'),
  // Cache-Control request directives
  ask('ccreq-ma0', 'max-age=0', 'not-cached'),
  ask('ccreq-ma1', 'max-age=1', 'not-cached'),
  ask('ccreq-min-fresh', 'min-fresh=7200', 'not-cached'),
  ask('ccreq-no-cache', 'no-cache', 'not-cached'),
  ask('ccreq-no-store', 'no-store', 'not-cached'),
  {
    id: 'ccreq-magreaterage',
    answer: [...FRESH, ['Age', '1800']],
    second: { 'cache-control': 'max-age=600' },
    expect: 'not-cached',
  },
  {
    id: 'ccreq-min-fresh-age',
    answer: [
      ['Cache-Control', 'max-age=1500'],
      ['Age', '1000'],
    ],
    second: { 'cache-control': 'min-fresh=1000' },
    expect: 'not-cached',
  },
  { id: 'pragma-request-no-cache', answer: FRESH, second: { pragma: 'no-cache' }, expect: 'not-cached' },
  // Expires
  expires('freshness-expires-future', 30 * 24 * 3600, 'cached'),
  expires('freshness-expires-past', -30 * 24 * 3600, 'not-cached'),
  expires('freshness-expires-present', 0, 'not-cached'),
  {
    id: 'freshness-expires-old-date',
    answer: [
      ['Expires', 300],
      ['Date', 400],
    ],
    expect: 'not-cached',
  },
  expires('freshness-expires-invalid', '0', 'not-cached'),
  {
    id: 'freshness-expires-invalid-date',
    answer: [
      ['Date', 'foo'],
      ['Expires', 10],
    ],
    expect: 'cached',
  },
  {
    id: 'freshness-expires-age-slow-date',
    answer: [
      ['Date', -10],
      ['Expires', 10],
      ['Age', '25'],
    ],
    expect: 'not-cached',
  },
  {
    id: 'freshness-expires-age-fast-date',
    answer: [
      ['Date', 10],
      ['Expires', 20],
      ['Age', '15'],
    ],
    expect: 'not-cached',
  },
  expires('freshness-expires-32bit', 'Tue, 19 Jan 2038 14:14:08 GMT', 'cached'),
  expires('freshness-expires-far-future', 'Sun, 21 Nov 2286 04:46:39 GMT', 'cached'),
  expires('freshness-expires-wrong-case-weekday', 'THU, 18 Aug 2050 02:01:18 GMT', 'cached'),
  expires('freshness-expires-wrong-case-month', 'Thu, 18 AUG 2050 02:01:18 GMT', 'cached'),
  expires('freshness-expires-wrong-case-tz', 'Thu, 18 Aug 2050 02:01:18 gMT', 'cached'),
  expires('freshness-expires-invalid-utc', 'Thu, 18 Aug 2050 02:01:18 UTC', 'not-cached'),
  expires('freshness-expires-invalid-aest', 'Thu, 18 Aug 2050 02:01:18 AEST', 'not-cached'),
  expires('freshness-expires-invalid-2-digit-year', 'Thu, 18 Aug 50 02:01:18 GMT', 'not-cached'),
  expires('freshness-expires-invalid-no-comma', 'Thu 18 Aug 2050 02:01:18 GMT', 'not-cached'),
  expires('freshness-expires-invalid-multiple-spaces', 'Thu, 18  Aug  2050 02:01:18 GMT', 'not-cached'),
  expires('freshness-expires-invalid-date-dashes', 'Thu, 18-Aug-2050 02:01:18 GMT', 'not-cached'),
  expires('freshness-expires-invalid-time-periods', 'Thu, 18 Aug 2050 02.01.18 GMT', 'not-cached'),
  expires('freshness-expires-invalid-1-digit-hour', 'Thu, 18 Aug 2050 2:01:18 GMT', 'not-cached'),
  // Age
  age('age-parse-nonnumeric', 'abc', 'cached'),
  age('age-parse-negative', '-7200', 'cached'),
  age('age-parse-float', '7200.0', 'cached'),
  age('age-parse-large-minus-one', '2147483647', 'not-cached'),
  age('age-parse-large', '2147483648', 'not-cached'),
  age('age-parse-suffix', '7200, 0', 'not-cached'),
  age('age-parse-prefix', '0, 7200', 'cached'),
  {
    id: 'age-parse-suffix-twoline',
    answer: [['Date', 0], ...FRESH, ['Age', '7200'], ['Age', '0']],
    expect: 'not-cached',
  },
  {
    id: 'age-parse-prefix-twoline',
    answer: [['Date', 0], ...FRESH, ['Age', '0'], ['Age', '7200']],
    expect: 'cached',
  },
  // Vary and keys
  vary('vary-match', 'Foo', { foo: '1' }, { foo: '1' }, 'cached'),
  vary('vary-no-match', 'Foo', { foo: '1' }, { foo: '2' }, 'not-cached'),
  vary('vary-omit-stored', 'Foo', {}, { foo: '1' }, 'not-cached'),
  vary('vary-omit', 'Foo', { foo: '1' }, {}, 'not-cached'),
  vary('vary-2-match', 'Foo, Bar', { foo: '1', bar: 'abc' }, { foo: '1', bar: 'abc' }, 'cached'),
  vary('vary-2-no-match', 'Foo, Bar', { foo: '1', bar: 'abc' }, { foo: '2', bar: 'abc' }, 'not-cached'),
  vary('vary-2-match-omit', 'Foo, Bar', { foo: '1', bar: 'abc' }, {}, 'not-cached'),
  vary(
    'vary-3-match',
    'Foo, Bar, Baz',
    { foo: '1', bar: 'a', baz: '7' },
    { foo: '1', bar: 'a', baz: '7' },
    'cached',
  ),
  vary(
    'vary-3-no-match',
    'Foo, Bar, Baz',
    { foo: '1', bar: 'a', baz: '7' },
    { foo: '2', bar: 'a', baz: '7' },
    'not-cached',
  ),
  vary(
    'vary-3-order',
    'Foo, Bar, Baz',
    { foo: '1', bar: 'a', baz: '7' },
    { foo: '1', baz: '7', bar: 'b' },
    'not-cached',
  ),
  vary('vary-3-omit', 'Foo, Bar, Baz', { foo: '1', baz: '7' }, { foo: '1', baz: '7' }, 'cached'),
  vary('vary-star', '*', { foo: '1' }, { foo: '1' }, 'not-cached'),
  vary('vary-syntax-star-mixed', 'Foo, *', { foo: '1' }, { foo: '1' }, 'not-cached'),
  { id: 'query-args-different', answer: FRESH, secondPath: '/x?test=2', expect: 'not-cached' },
  { id: 'query-args-same', answer: FRESH, secondPath: '/x?test=1', expect: 'cached' },
  {
    id: 'other-fresh-content-disposition-attachment',
    answer: [...FRESH, ['Content-Disposition', 'attachment']],
    expect: 'cached',
  },
  // Status codes: only 200 is kept
  { id: 'status-299-fresh', status: 299, answer: FRESH, expect: 'not-cached' },
  { id: 'status-404-fresh', status: 404, answer: FRESH, expect: 'not-cached' },
  { id: 'status-503-fresh', status: 503, answer: FRESH, expect: 'not-cached' },
  // Invalidation
  ...(['POST', 'PUT', 'DELETE', 'M-SEARCH'] as const).flatMap((method): Case[] => [
    { id: `invalidate-${method}`, answer: FRESH, between: { method, status: 200 }, expect: 'not-cached' },
    { id: `invalidate-${method}-failed`, answer: FRESH, between: { method, status: 500 }, expect: 'cached' },
  ]),
];

for (const each of CASES) {
  test(`cache-tests ${each.id}: ${each.expect}`, async () => {
    const clock = new TestClock();
    const date = (seconds: number) => new Date(clock.nowMs + 1.7e12 + seconds * 1000).toUTCString();
    await using origin = await startOrigin((incoming, response) => {
      if (incoming.method !== 'GET') return void response.writeHead(each.between!.status).end();
      response.sendDate = false;
      const headers = (each.answer ?? []).flatMap(([name, value]) => [
        name,
        typeof value === 'number' ? date(value) : value,
      ]);
      response.writeHead(each.status ?? 200, headers).end('body');
    });
    const reads = testReads(clock, { http: [{ host: origin.host, path: '/**', ttlMs: 'http' }] });
    const interceptor = createInterceptor(reads, new RequestRules(reads.config.http), 1);
    const agent = new Agent();
    const dispatcher = agent.compose(interceptor as never);
    const get = async (path: string, headers = {}) => {
      const answer = await request(origin.url + path, { dispatcher, headers });
      return { headers: answer.headers, text: await answer.body.text() };
    };
    await get('/x?test=1', each.first);
    clock.nowMs += (each.waitSeconds ?? 0) * 1000;
    if (each.between) {
      const { method } = each.between;
      const answer = await request(`${origin.url}/x?test=1`, { dispatcher, method: method as 'POST' });
      await answer.body.dump();
      clock.nowMs += 1;
    }
    const before = origin.seen.length;
    const second = await get(each.secondPath ?? '/x?test=1', each.second);
    assert.equal(origin.seen.length === before ? 'cached' : 'not-cached', each.expect);
    assert.equal(second.text, 'body');
    assert.equal(reads.coverage.faults, 0);
    await agent.close();
  });
}

test('cache-tests other-age-gen, other-age-update-max-age, other-date-update: a hit carries its age and the old date', async () => {
  const clock = new TestClock();
  await using origin = await startOrigin((_incoming, response) => {
    response.sendDate = false;
    const date = new Date(clock.nowMs + 1.7e12).toUTCString();
    response.writeHead(200, { 'Cache-Control': 'max-age=3600', Age: '30', Date: date }).end('x');
  });
  const reads = testReads(clock, { http: [{ host: origin.host, path: '/**', ttlMs: 'http' }] });
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(reads, new RequestRules(reads.config.http), 1) as never);
  const first = await request(`${origin.url}/x`, { dispatcher });
  await first.body.dump();
  clock.nowMs += 3000;
  const hit = await request(`${origin.url}/x`, { dispatcher });
  await hit.body.dump();
  assert.equal(hit.headers.age, '33');
  assert.equal(hit.headers.date, first.headers.date);
  await agent.close();
});
