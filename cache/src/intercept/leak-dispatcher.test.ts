import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import {
  Agent,
  type Dispatcher,
  getGlobalDispatcher,
  Pool,
  RetryAgent,
  request,
  setGlobalDispatcher,
} from 'undici';
import { Agent as Agent7, setGlobalDispatcher as setGlobalDispatcher7 } from 'undici7';
import { wrapFetch } from './fetch.ts';
import { currentScope, installDispatcher, isInstalled } from './install-dispatcher.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

/*
 * A dispatcher of the application that says who asks, for each request anew: it knows the user from the context. What
 * stands above it does not see that.
 */
const user = new AsyncLocalStorage<string>();
type Options = Dispatcher.DispatchOptions;
const named = (options: Options): Options => ({ ...options, headers: { 'x-user': user.getStore()! } });
const naming: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(named(options), handler);

class NamingAgent extends Agent {
  override dispatch(options: Options, handler: Dispatcher.DispatchHandler): boolean {
    return super.dispatch(named(options), handler);
  }
}

const NAMING: Record<string, () => void> = {
  'an interceptor': () => setGlobalDispatcher(new Agent().compose(naming)),
  'an interceptor of undici 7': () => setGlobalDispatcher7(new Agent7().compose(naming as never)),
  'an interceptor above the cache': () => setGlobalDispatcher(getGlobalDispatcher().compose(naming)),
  'a dispatch of its own': () => setGlobalDispatcher(new NamingAgent()),
  'a dispatch put onto an agent': () => {
    const agent = new Agent();
    setGlobalDispatcher(Object.assign(agent, { dispatch: agent.compose(naming).dispatch }));
  },
  'clients of its own': () =>
    setGlobalDispatcher(
      new Agent({ factory: (origin, options) => new Pool(origin, options as object).compose(naming) }),
    ),
  'an agent inside another': () => setGlobalDispatcher(new RetryAgent(new Agent().compose(naming))),
};

for (const [how, set] of Object.entries(NAMING))
  test(`user B, named below the cache by ${how}, never gets the answer of user A`, async () => {
    await using origin = await startOrigin((incoming, response) =>
      response.writeHead(200, { 'cache-control': 'public, max-age=60' }).end(incoming.headers['x-user']),
    );
    const url = `${origin.url}/data/profile`;
    const routes = [{ host: origin.host, path: '/data/*', ttlMs: 60_000 }];
    const reads = testReads(new TestClock(), { http: routes });
    const rules = new RequestRules(routes);
    const install = () => installDispatcher((scope) => createInterceptor(reads, rules, scope));
    setGlobalDispatcher(new Agent());
    install();
    const plain = globalThis.fetch;
    const wrapped = wrapFetch(plain, reads, rules, currentScope);
    set();
    install();
    const asks = {
      'undici.request': async () => (await request(url)).body.text(),
      fetch: async () => (await plain(url)).text(),
      'fetch, fast path': async () => (await wrapped(url)).text(),
    };
    for (const [way, ask] of Object.entries(asks))
      for (const name of ['alice', 'bob', 'alice']) assert.equal(await user.run(name, ask), name, way);
    assert.deepEqual([isInstalled(), reads.coverage.faults], [true, 0]);
  });
