import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deathBehind } from './mesh-errors.ts';

const refused = new Error('connect ECONNREFUSED');

test('a connection that broke because a part died is told as that death', async () => {
  const { promise: died, reject } = Promise.withResolvers<never>();
  const told = deathBehind(refused, died);
  reject(new Error('svc-02 died'));
  await assert.rejects(told, /svc-02 died/);
  await assert.rejects(deathBehind(refused, died), /svc-02 died/);
});

test('what failed while everything lives is told as it is', async () => {
  await assert.rejects(deathBehind(refused, new Promise(() => {})), refused);
});
