import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { progressOn } from './progress.ts';

/** What a phase writes on a stream of this kind. */
function written(terminal: { readonly isTTY?: true; readonly columns?: number }): string {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const progress = progressOn(
    Object.assign(stream, terminal) as unknown as NodeJS.WriteStream,
    1_000,
    () => 0,
  );
  progress.phase('warming up', 500);
  progress.phase('measuring', 500);
  progress.done();
  return text;
}

const PLAIN = '  0 %  warming up  (about 1 s left)\n 50 %  measuring  (about 1 s left)\n';

test('each phase is a plain line where there is no terminal', () => {
  assert.equal(written({}), PLAIN);
});

test('a terminal that does not tell its width gets plain lines too, not none', () => {
  assert.equal(written({ isTTY: true, columns: 0 }), PLAIN);
});

test('a terminal has one line that is kept up to date', () => {
  const text = written({ isTTY: true, columns: 80 });
  assert.match(text, /warming up/);
  assert.notEqual(text, PLAIN);
});
