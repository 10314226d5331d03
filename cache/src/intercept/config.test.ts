import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFromEnv } from './config.ts';

const http = { host: 'svc.mesh', path: '/data/*', ttlMs: 500 };
const redis = { keys: 'price.*', ttlMs: 500 };
const grpc = { method: '/a.B/Get', ttlMs: 500 };

test('nothing given is no route, and 128 MiB', () => {
  const { mode, budgetBytes, ...rest } = configFromEnv({});
  assert.deepEqual([mode, budgetBytes, rest.http, rest.redis, rest.grpc], ['on', 128 << 20, [], [], []]);
});

test('routes are taken as they are given', () => {
  const given = {
    http: [{ ...http, ttlMs: 'http', negativeTtlMs: 1, keyHeaders: ['cookie'], ignoreHeaders: ['x-a'] }],
    redis: [redis],
    grpc: [{ ...grpc, keyMetadata: ['authorization'] }],
  };
  const { http: routes, redis: keys, grpc: methods } = configFromEnv({ L1_CONFIG: JSON.stringify(given) });
  assert.deepEqual({ http: routes, redis: keys, grpc: methods }, given);
});

const WRONG: Record<string, Record<string, unknown>> = {
  'L1_CONFIG.redi': { redi: [] },
  'L1_CONFIG.maxEntryBytes': { maxEntryBytes: '1 MiB' },
  'L1_CONFIG.http[0].host': { http: [{ ...http, host: '' }] },
  'L1_CONFIG.http[0].ttlMs': { http: [{ ...http, ttlMs: '500' }] },
  'L1_CONFIG.http[0].negativeTtlMs': { http: [{ ...http, negativeTtlMs: '5s' }] },
  'L1_CONFIG.http[0].keyheaders': { http: [{ ...http, keyheaders: ['cookie'] }] },
  'L1_CONFIG.http[0].ignoreHeaders': { http: [{ ...http, ignoreHeaders: ['Authorization'] }] },
  'L1_CONFIG.redis[0].ttlMs': { redis: [{ ...redis, ttlMs: 'http' }] },
  'L1_CONFIG.grpc[0].keyHeaders': { grpc: [{ ...grpc, keyHeaders: ['authorization'] }] },
};

for (const [what, given] of Object.entries(WRONG))
  test(`a wrong ${what} is refused by its name`, () => {
    const said = (error: Error) => error.message.startsWith(`${what} is `);
    assert.throws(() => configFromEnv({ L1_CONFIG: JSON.stringify(given) }), said);
  });
