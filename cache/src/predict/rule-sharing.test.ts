import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRecord } from '../access.ts';
import { Prewarmer } from './prewarmer.ts';
import { encodeRules, type SharedRule } from './shared-rule.ts';

const TRUE_RULE: SharedRule = {
  source: 'session.12:{}',
  field: 'userId',
  target: 'profile.14:{}',
  right: 60,
  wrong: 0,
};
const FALSE_RULE: SharedRule = { ...TRUE_RULE, target: 'report.99:{}' };

/** A pod whose cache holds nothing; time is told by the records. */
function pod() {
  const fetched: string[] = [];
  const target = {
    has: () => false,
    prefetch: (key: string) => {
      fetched.push(key);
      return 'started' as const;
    },
  };
  return { fetched, prewarmer: new Prewarmer(target, { salt: 5, rng: () => 0.5 }) };
}

function read(key: string, value: object, atMs: number): AccessRecord[] {
  return [
    { key, outcome: 'miss', value: undefined, atMs },
    { key, outcome: 'fill', value, atMs: atMs + 2, origin: 'demand' },
  ];
}

/** A session is read, and 20 ms later the profile it names; `owners` are the numbers in their prefixes. */
function visit(prewarmer: Prewarmer, n: number, owners: readonly [number, number] = [12, 14]): void {
  const user = 7_000_000 + n;
  const session = read(`session.${owners[0]}:s${n}`, { userId: user, password: `p${user}` }, n * 1000);
  for (const record of [...session, ...read(`profile.${owners[1]}:${user}`, {}, n * 1000 + 20)])
    prewarmer.learn([record]);
}

test('a new pod that two others told of a rule fetches at its first session', () => {
  const { fetched, prewarmer } = pod();
  prewarmer.hearRules('a', [TRUE_RULE], 0);
  prewarmer.hearRules('b', [TRUE_RULE], 0);
  visit(prewarmer, 1);
  assert.deepEqual(fetched, ['profile.14:7000001']);
});

test('one pod is not believed before an example was met here, and is after it', () => {
  const { fetched, prewarmer } = pod();
  prewarmer.hearRules('a', [TRUE_RULE], 0);
  visit(prewarmer, 1);
  assert.deepEqual(fetched, []);
  visit(prewarmer, 2);
  assert.deepEqual(fetched, ['profile.14:7000002']);
});

test('what holds between two services is believed of two others of the same kinds after one example', () => {
  const { fetched, prewarmer } = pod();
  prewarmer.hearRules('a', [TRUE_RULE], 0);
  visit(prewarmer, 1, [3, 4]);
  assert.deepEqual(fetched, []);
  visit(prewarmer, 2, [3, 4]);
  assert.deepEqual(fetched, ['profile.4:7000002']);
});

test('a rule that one pod learned teaches it another of its family by one example, with nobody else', () => {
  const { fetched, prewarmer } = pod();
  for (let n = 1; n <= 40; n++) visit(prewarmer, n);
  fetched.length = 0;
  visit(prewarmer, 41, [3, 4]);
  visit(prewarmer, 42, [3, 4]);
  assert.deepEqual(fetched, ['profile.4:7000042']);
});

test('two poisoned pods make it fetch something useless 32 times at most, and cost no rule that holds', () => {
  const { fetched, prewarmer } = pod();
  for (let n = 1; n <= 1000; n++) {
    const lies = [FALSE_RULE, { ...FALSE_RULE, target: `bait${n}.1:{}` }];
    prewarmer.hearRules('liar', lies, n * 1000);
    prewarmer.hearRules('accomplice', lies, n * 1000);
    visit(prewarmer, n);
  }
  const useless = fetched.filter((key) => !key.startsWith('profile.'));
  assert.ok(useless.length > 0 && useless.length <= 32, `${useless.length} useless prefetches`);
  const profiles = fetched.length - useless.length;
  assert.ok(profiles > 950, `${profiles} profiles of 1000`);
});

test('what is told holds no identifier and no secret field, only patterns and names', () => {
  const { prewarmer } = pod();
  for (let n = 1; n <= 40; n++) visit(prewarmer, n);
  const rules = prewarmer.provenRules();
  assert.deepEqual(
    rules.map(({ source, field, target }) => [source, field, target]),
    [['session.12:{}', 'userId', 'profile.14:{}']],
  );
  assert.doesNotMatch(Buffer.from(encodeRules(rules)).toString(), /70000|password/);
});

test('a rule that holds half of the time fetches here, and is not told', () => {
  const { fetched, prewarmer } = pod();
  for (let n = 1; n <= 80; n++)
    if (n % 2 === 0) visit(prewarmer, n);
    else
      for (const record of read(`session.12:s${n}`, { userId: 7_000_000 + n }, n * 1000))
        prewarmer.learn([record]);
  assert.ok(fetched.length > 20, `${fetched.length} fetched`);
  assert.deepEqual(prewarmer.provenRules(), []);
});

test('a rule whose target holds another identifier is not told', () => {
  const { fetched, prewarmer } = pod();
  for (let n = 1; n <= 40; n++) {
    const session = read(`session.12:s${n}`, { userId: 7_000_000 + n }, n * 1000);
    const rights = read(`tenant:4711123:user:${7_000_000 + n}`, {}, n * 1000 + 20);
    for (const record of [...session, ...rights]) prewarmer.learn([record]);
  }
  assert.ok(fetched.length > 20, `${fetched.length} fetched`);
  assert.deepEqual(prewarmer.provenRules(), []);
});
