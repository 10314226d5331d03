import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { patchGrpc } from './grpc-client.ts';
import { TestClock, testReads } from './test-origin.ts';

const clock = new TestClock();
const METHOD = '/catalog.Catalog/GetItem';
const reads = testReads(clock, { grpc: [{ method: METHOD, ttlMs: 1000, keyMetadata: ['authorization'] }] });
const require = createRequire(import.meta.url);
const CLIENT_FILE = '@grpc/grpc-js/build/src/client.js';
patchGrpc(require(CLIENT_FILE), reads);

const asBytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const fromBytes = (bytes: Buffer) => JSON.parse(bytes.toString());
/** Less than a caller may wait for another. */
const SOON = { timeout: 3000 };
/** Items of which the server waits for the test to answer. */
const HELD = 100;
const arrivals = new EventEmitter();
const held = new Map<number, grpc.sendUnaryData<unknown>[]>();
let served = 0;
let port = 0;
const server = new grpc.Server();

before(async () => {
  const definition = {
    path: METHOD,
    requestStream: false,
    responseStream: false,
    requestSerialize: asBytes,
    requestDeserialize: fromBytes,
    responseSerialize: asBytes,
    responseDeserialize: fromBytes,
  } as const;
  server.addService(
    { GetItem: definition },
    {
      GetItem: (call: grpc.ServerUnaryCall<{ id: number }, unknown>, answer: grpc.sendUnaryData<unknown>) => {
        served++;
        if (call.request.id >= HELD) {
          held.set(call.request.id, [...(held.get(call.request.id) ?? []), answer]);
          arrivals.emit('arrival');
          return;
        }
        if (call.request.id < 0) return answer({ code: grpc.status.NOT_FOUND });
        const user = call.metadata.get('x-user-id')[0] ?? call.metadata.get('authorization')[0] ?? null;
        setImmediate(() => answer(null, { id: call.request.id, served, user }));
      },
    },
  );
  port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
});
after(() => server.forceShutdown());

function open(options: grpc.ClientOptions = {}): grpc.Client & Disposable {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

interface Item {
  readonly id: number;
  readonly served: number;
  readonly user: string | null;
}

function ask(client: grpc.Client, id: number, metadata = {}, options: grpc.CallOptions = {}): Promise<Item> {
  const sent = new grpc.Metadata();
  for (const [name, value] of Object.entries(metadata)) sent.set(name, value as string);
  return new Promise((resolve, reject) =>
    client.makeUnaryRequest(METHOD, asBytes, fromBytes, { id }, sent, options, (error, item) =>
      error ? reject(error) : resolve(item as Item),
    ),
  );
}

test('an allowed unary method is called once while its answer lives, with a fresh message for every caller', async () => {
  using client = open();
  const first = await ask(client, 1);
  const second = await ask(client, 1);
  assert.deepEqual(second, first);
  assert.notEqual(second, first);
  assert.notDeepEqual(await ask(client, 2), first);
  clock.nowMs += 1001;
  assert.notEqual((await ask(client, 1)).served, first.served);
});

test('callers who ask together share one call', async () => {
  using client = open();
  const before = served;
  const items = await Promise.all(Array.from({ length: 5 }, () => ask(client, 3)));
  assert.equal(served, before + 1);
  assert.equal(new Set(items.map((item) => item.served)).size, 1);
});

test('user B never gets the message of user A, whether metadata or an interceptor says who asks', async () => {
  using client = open();
  for (const name of ['x-user-id', 'authorization'])
    for (const user of ['alice', 'bob', 'alice'])
      assert.equal((await ask(client, 4, { [name]: user })).user, user);
  let current = '';
  const identity: grpc.Interceptor = (options, next) =>
    new grpc.InterceptingCall(next(options), {
      start(metadata, listener, start) {
        metadata.set('x-user-id', current);
        start(metadata, listener);
      },
    });
  using withInterceptor = open({ interceptors: [identity] });
  for (const user of ['carol', 'dave', 'carol']) {
    current = user;
    assert.equal((await ask(withInterceptor, 5)).user, user);
    assert.equal((await ask(client, 6, {}, { interceptors: [identity] })).user, user);
  }
});

test('call credentials are below the interceptors: such calls are made live', async () => {
  using client = open();
  const credentials = grpc.credentials.createEmpty();
  const first = await ask(client, 7, {}, { credentials });
  assert.notEqual((await ask(client, 7, {}, { credentials })).served, first.served);
});

test('two clients never share an answer: the channel of one may carry a certificate', async () => {
  using alice = open();
  using bob = open();
  const first = await ask(alice, 9);
  assert.deepEqual(await ask(alice, 9), first);
  assert.notEqual((await ask(bob, 9)).served, first.served);
});

test('clients of two copies of the library share nothing either', async () => {
  const clients = [1, 2].map(() => {
    for (const file in require.cache) if (file.includes('/@grpc/grpc-js/')) delete require.cache[file];
    const copy: typeof grpc = require('@grpc/grpc-js');
    patchGrpc(require(CLIENT_FILE), reads);
    return new copy.Client(`127.0.0.1:${port}`, copy.credentials.createInsecure());
  });
  const items: Item[] = [];
  for (const client of clients) {
    items.push(
      await new Promise<Item>((resolve, reject) =>
        client.makeUnaryRequest(METHOD, asBytes, fromBytes, { id: 11 }, (error, item) =>
          error ? reject(error) : resolve(item as Item),
        ),
      ),
    );
    client.close();
  }
  assert.notEqual(items[0]!.served, items[1]!.served);
});

test('a call with another authority, also when an interceptor gives it, is made live', async () => {
  using client = open();
  const first = await ask(client, 10);
  assert.notEqual((await ask(client, 10, {}, { host: 'other.mesh' })).served, first.served);
  const rename: grpc.Interceptor = (options, next) =>
    new grpc.InterceptingCall(next({ ...options, host: 'other.mesh' }));
  const renamed = await ask(client, 10, {}, { interceptors: [rename] });
  assert.notEqual((await ask(client, 10, {}, { interceptors: [rename] })).served, renamed.served);
  assert.equal((await ask(client, 10)).served, first.served);
});

/** The calls for one item that the server holds, once there are so many. */
async function arrived(id: number, count: number): Promise<grpc.sendUnaryData<unknown>[]> {
  while ((held.get(id) ?? []).length < count) await once(arrivals, 'arrival');
  return held.get(id)!;
}

test('a caller who waits for another waits no longer than its own deadline', SOON, async () => {
  using client = open();
  const leader = ask(client, HELD);
  const [answer] = await arrived(HELD, 1);
  const follower = ask(client, HELD, {}, { deadline: Date.now() + 20 });
  await assert.rejects(follower, { code: grpc.status.DEADLINE_EXCEEDED });
  answer!(null, {});
  await leader;
});

test('a caller whose call hangs on another waits for nobody', SOON, async () => {
  using client = open();
  const leader = ask(client, HELD + 4);
  const [answer] = await arrived(HELD + 4, 1);
  const parent = Object.assign(new EventEmitter(), { getDeadline: () => Number.POSITIVE_INFINITY });
  const follower = ask(client, HELD + 4, {}, { parent } as never);
  await arrived(HELD + 4, 2);
  parent.emit('cancelled');
  await assert.rejects(follower, { code: grpc.status.CANCELLED });
  answer!(null, {});
  await leader;
});

test(
  'what a service refuses it is asked by all who wait at once, not one after the other',
  SOON,
  async () => {
    using client = open();
    const all = Promise.allSettled(Array.from({ length: 4 }, () => ask(client, HELD + 1)));
    const [first] = await arrived(HELD + 1, 1);
    first!({ code: grpc.status.UNAVAILABLE });
    for (const answer of (await arrived(HELD + 1, 4)).slice(1)) answer({ code: grpc.status.UNAVAILABLE });
    assert.deepEqual(new Set((await all).map(({ status }) => status)), new Set(['rejected']));
  },
);

test('a caller who cannot read the message held gets the error of a live call', SOON, async () => {
  using client = open();
  await ask(client, 13);
  const unreadable = () => {
    throw new Error('not mine');
  };
  const call = new Promise((_resolve, reject) =>
    client.makeUnaryRequest(METHOD, asBytes, unreadable, { id: 13 }, (error) => reject(error)),
  );
  await assert.rejects(call, { code: grpc.status.INTERNAL, details: /not mine/ });
});

test('a call that cannot be made is no fault of ours and leaves nothing open', async () => {
  const opened: string[] = [];
  const openIt = reads.flights.open.bind(reads.flights);
  reads.flights.open = (key) => {
    opened.push(key);
    return openIt(key);
  };
  const client = open();
  client.close();
  assert.throws(() => client.makeUnaryRequest(METHOD, asBytes, fromBytes, { id: 12 }, () => {}), /shut down/);
  assert.deepEqual(
    opened.map((key) => reads.flights.isOpen(key)),
    [false],
  );
  assert.equal(reads.coverage.faults, 0);
});

test('a caller who waited and whose client was closed meanwhile is told so', SOON, async () => {
  const client = open();
  const all = [ask(client, HELD + 3), ask(client, HELD + 3)];
  const [answer] = await arrived(HELD + 3, 1);
  client.close();
  answer!({ code: grpc.status.PERMISSION_DENIED });
  await assert.rejects(all[0]!, { code: grpc.status.PERMISSION_DENIED });
  await assert.rejects(all[1]!, { code: grpc.status.UNAVAILABLE, details: /shut down/ });
  assert.equal(reads.coverage.faults, 0);
});

test('a caller who was given the answer of another goes on as itself', async () => {
  using client = open();
  const user = new AsyncLocalStorage<string>();
  const all = ['alice', 'bob'].map((name) =>
    user.run(
      name,
      () =>
        new Promise((resolve) =>
          client.makeUnaryRequest(METHOD, asBytes, fromBytes, { id: HELD + 2 }, () =>
            resolve(user.getStore()),
          ),
        ),
    ),
  );
  (await arrived(HELD + 2, 1))[0]!(null, {});
  assert.deepEqual(await Promise.all(all), ['alice', 'bob']);
});

test('an error is not kept, and a caller who cancels cancels only for itself', async () => {
  using client = open();
  const before = served;
  await assert.rejects(ask(client, -1), { code: grpc.status.NOT_FOUND });
  await assert.rejects(ask(client, -1), { code: grpc.status.NOT_FOUND });
  assert.equal(served, before + 2);
  const leader = ask(client, 8);
  const cancelled = new Promise((resolve) => {
    const call = client.makeUnaryRequest(METHOD, asBytes, fromBytes, { id: 8 }, (error) =>
      resolve(error?.code),
    );
    call.cancel();
  });
  assert.equal(await cancelled, grpc.status.CANCELLED);
  assert.equal((await leader).id, 8);
  assert.equal(reads.coverage.faults, 0);
});
