import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { whenOrphaned } from './when-orphaned.ts';

it('tells once that the parent is gone', () => {
  mock.timers.enable({ apis: ['setInterval'] });
  let parent = 4711;
  let told = 0;
  using _watch = whenOrphaned(
    () => {
      told += 1;
    },
    () => parent,
    500,
  );
  mock.timers.tick(5_000);
  assert.equal(told, 0);
  parent = 1;
  mock.timers.tick(5_000);
  assert.equal(told, 1);
  mock.timers.reset();
});
