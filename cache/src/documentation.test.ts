import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url);
const PAGES = [
  'cache/README.md',
  ...readdirSync(new URL('docs', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const IMPORT = /^import \{ (.+) \} from '(l1-cache[\w/-]*)';$/gm;

test('what the examples import is exported from there', async () => {
  let imports = 0;
  for (const page of PAGES) {
    for (const [, names, from] of readFileSync(new URL(page, ROOT), 'utf8').matchAll(IMPORT)) {
      const exported = (await import(from!)) as object;
      for (const name of names!.split(', ')) assert.ok(name in exported, `${page}: ${name} from ${from}`);
      imports++;
    }
  }
  assert.ok(imports >= 6, `${imports} imports`);
});
