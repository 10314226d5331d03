import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { L1Cache } from '../cache.ts';
import { seededRandom } from '../random.ts';
import { Predictor, type PredictorOptions } from './predictor.ts';

const FIRST_USER = 7_000_000;

/** A cache over an origin of sessions and profiles, with time in the test's hands. */
function pod(options: PredictorOptions = {}, prefetchable = true) {
  const clock = { ms: 1000, now: () => clock.ms };
  const loads: string[] = [];
  const cache = new L1Cache<unknown>({ budgetBytes: 4_000_000, clock, seed: 1 });
  cache.define('session.12:', {
    load: async (key) => ({ userId: FIRST_USER + Number(key.slice('session.12:s'.length)), theme: 'dark' }),
  });
  cache.define('profile.14:', {
    prefetchable,
    load: async (key) => {
      loads.push(key);
      return { name: 'Some One' };
    },
  });
  const predictor = new Predictor(cache, {
    clock,
    stopwatch: clock,
    rng: seededRandom(1),
    salt: 7,
    ...options,
  });
  const visit = async (session: number) => {
    await cache.read(`session.12:s${session}`);
    cache.flushAccesses();
    await turn();
    clock.ms += 20;
    const ready = cache.has(`profile.14:${FIRST_USER + session}`);
    await cache.read(`profile.14:${FIRST_USER + session}`);
    cache.flushAccesses();
    clock.ms += 600;
    return ready;
  };
  return { cache, clock, loads, predictor, visit };
}

async function readyAfter(run: ReturnType<typeof pod>, visits: number): Promise<number> {
  for (let session = 0; session < visits; session++) await run.visit(session);
  let ready = 0;
  for (let session = 500; session < 520; session++) if (await run.visit(session)) ready++;
  return ready;
}

test('a real cache has the profile before it is asked for, and loads it once', async () => {
  const run = pod({ holdOutRatio: 0 });
  using predictor = run.predictor;
  assert.equal(await readyAfter(run, 30), 20);
  assert.equal(run.loads.length, new Set(run.loads).size);
  const rule = predictor.rules().find(({ name }) => name === 'session.12:{} userId names profile.14:{}');
  assert.equal(rule?.state, 'live');
});

test('a loader that is not declared prefetchable is never called for a guess', async () => {
  const run = pod({}, false);
  using _predictor = run.predictor;
  assert.equal(await readyAfter(run, 30), 0);
  assert.equal(run.predictor.stats().fetched, 0);
});

test('a rule switched off by hand fetches nothing until it is switched on again', async () => {
  const run = pod({ holdOutRatio: 0 });
  using predictor = run.predictor;
  await readyAfter(run, 30);
  const name = 'session.12:{} userId names profile.14:{}';
  assert.equal(predictor.setRule(name, 'off'), true);
  assert.equal(await run.visit(800), false);
  assert.equal(predictor.setRule(name, 'on'), true);
  assert.equal(await run.visit(801), true);
  assert.equal(predictor.setRule('no such rule', 'off'), false);
});

test('a learner left out learns nothing', async () => {
  const run = pod({ without: ['value-flow'] });
  using predictor = run.predictor;
  await readyAfter(run, 30);
  assert.deepEqual(
    predictor.rules().filter(({ kind }) => kind === 'value-flow'),
    [],
  );
});

test('a disposed predictor is deaf', async () => {
  const run = pod({ holdOutRatio: 0 });
  run.predictor[Symbol.dispose]();
  assert.equal(await readyAfter(run, 30), 0);
});

test('bounds that are no bounds are refused', () => {
  const cache = new L1Cache({ budgetBytes: 1_000_000 });
  for (const name of [
    'wastePerMiss',
    'wasteBurst',
    'minConfidence',
    'maxConcurrent',
    'holdOutRatio',
  ] as const)
    for (const value of [Number.NaN, -1])
      assert.throws(() => new Predictor(cache, { [name]: value }), { code: 'L1_BAD_OPTION' });
  new Predictor(cache, { maxConcurrent: Number.POSITIVE_INFINITY })[Symbol.dispose]();
});
