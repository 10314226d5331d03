import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Which other folders a folder may import from. Only types may cross where `types` says so. */
const MAY_IMPORT: Readonly<Record<string, { code: readonly string[]; types: readonly string[] }>> = {
  cache: { code: [], types: [] },
  scenarios: { code: ['cache'], types: ['cache'] },
  manifests: { code: ['scenarios'], types: ['scenarios', 'cache'] },
  reports: { code: ['scenarios'], types: ['scenarios', 'cache'] },
  harness: {
    code: ['scenarios', 'manifests', 'reports', 'cache'],
    types: ['scenarios', 'manifests', 'reports', 'cache'],
  },
};

/** What pure folders must not touch: processes, network, files. */
const IMPURE = /^node:(child_process|cluster|dgram|fs|http|http2|https|net|os|tls|worker_threads)/;

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

function importsOf(folder: string): Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/(^|\/)(node_modules|dist|out|k6)\//.test(name))
    .map((name) => join(folder, name))
    .flatMap((file) =>
      [
        ...readFileSync(join(root, file), 'utf8').matchAll(
          /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm,
        ),
      ].map((match) => ({ file, typeOnly: match[1] !== undefined, from: match[2]! })),
    );
}

function folderOf({ file, from }: Import): string | null {
  if (from === 'l1-cache' || from.startsWith('l1-cache/')) return 'cache';
  if (!from.startsWith('.')) return null;
  return relative(root, join(root, dirname(file), from)).split('/')[0]!;
}

const isTest = (file: string): boolean => /\.test\.ts$|\/(bench|test|sim)\//.test(file);

for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${folder}/ imports only what it may`, () => {
    const wrong = importsOf(folder).filter((edge) => {
      const to = folderOf(edge);
      if (to === null || to === folder) return false;
      if (isTest(edge.file) && folder === 'cache') return false;
      return !(edge.typeOnly ? allowed.types : allowed.code).includes(to);
    });
    assert.deepEqual(
      wrong.map((edge) => `${edge.file} imports ${edge.from}`),
      [],
    );
  });
}

for (const folder of ['manifests', 'reports']) {
  test(`${folder}/ starts nothing and reads nothing: data in, data out`, () => {
    const wrong = importsOf(folder).filter((edge) => !isTest(edge.file) && IMPURE.test(edge.from));
    assert.deepEqual(
      wrong.map((edge) => `${edge.file} imports ${edge.from}`),
      [],
    );
  });
}

test('the cache has no dependency at run time', () => {
  const wrong = importsOf('cache').filter(
    (edge) =>
      !isTest(edge.file) && !edge.typeOnly && !edge.from.startsWith('.') && !edge.from.startsWith('node:'),
  );
  assert.deepEqual(
    wrong.map((edge) => `${edge.file} imports ${edge.from}`),
    [],
  );
});

test('only harness/commands and harness/main.ts import harness/commands', () => {
  const wrong = importsOf('harness').filter(
    (edge) =>
      /(^|\/)commands\//.test(relative(root, join(root, dirname(edge.file), edge.from))) &&
      !/^harness\/(main\.ts|commands\/)/.test(edge.file),
  );
  assert.deepEqual(
    wrong.map((edge) => `${edge.file} imports ${edge.from}`),
    [],
  );
});
