import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { patchIoredis } from './ioredis.ts';
import { patchNodeRedis } from './node-redis.ts';
import { RedisReads } from './redis-reads.ts';
import { TestClock, testReads } from './test-origin.ts';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'l1-redis-identity-'));
const path = join(folder, 'redis.sock');
const [clusterPort, busPort] = [await freePort(), await freePort()];
const quiet = ['--save', '', '--appendonly', 'no', '--dir', folder];
const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, ...quiet]);
const cluster = spawn('redis-server', [
  '--port',
  String(clusterPort),
  '--cluster-enabled',
  'yes',
  '--cluster-port',
  String(busPort),
  '--cluster-announce-ip',
  '127.0.0.1',
  ...quiet,
]);

const clock = new TestClock();
const reads = testReads(clock, { redis: [{ keys: '*', ttlMs: 60_000 }] });
patchIoredis(require('ioredis'), reads);
patchNodeRedis(require('@redis/client/dist/lib/client/index.js'), reads);

/** A client that the cache knows nothing of: the truth. */
const truth = (...args: string[]) => execFileSync('redis-cli', ['-s', path, ...args]).toString();
const clusterTruth = (...args: string[]) =>
  execFileSync('redis-cli', ['-p', String(clusterPort), ...args]).toString();

/** Redis's own choice for the bus, 10,000 above its port, may be in use for a connection of somebody else's. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ready(child: typeof server): Promise<void> {
  for await (const line of child.stdout) if (String(line).includes('eady to accept')) return;
}

before(async () => {
  await Promise.all([ready(server), ready(cluster)]);
  // Alice may read everything, Bob only his own keys.
  truth('ACL', 'SETUSER', 'alice', 'on', '>a', '>alices-second-password', '~*', '+@all');
  truth('ACL', 'SETUSER', 'bob', 'on', '>b', '~bob:*', '+@all');
  clusterTruth('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!clusterTruth('CLUSTER', 'INFO').includes('cluster_state:ok'));
});
after(() => {
  server.kill();
  cluster.kill();
  rmSync(folder, { recursive: true });
});

interface As {
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
}

interface Client {
  connect(): Promise<unknown>;
  get(key: string): Promise<string | null>;
  become(username: string, password: string): Promise<unknown>;
  close(): unknown;
}

const clients: Record<string, (as: As) => Client> = {
  ioredis({ database, ...as }) {
    const client = new Redis({
      path,
      db: database ?? 0,
      ...as,
      lazyConnect: true,
      retryStrategy: () => null,
    });
    client.on('error', () => {});
    return {
      connect: () => client.connect(),
      get: (key) => client.get(key),
      become: (username, password) => client.auth(username, password),
      close: () => client.disconnect(),
    };
  },
  'node-redis'(as) {
    const client = createClient({ socket: { path, tls: false }, ...as });
    client.on('error', () => {});
    return {
      connect: () => client.connect(),
      get: (key) => client.get(key),
      become: (username, password) => client.auth({ username, password }),
      close: () => client.destroy(),
    };
  },
};

for (const [name, open] of Object.entries(clients)) {
  test(`${name}: user B never gets what only user A may read`, async () => {
    const alice = open({ username: 'alice', password: 'a' });
    const bob = open({ username: 'bob', password: 'b' });
    await Promise.all([alice.connect(), bob.connect()]);
    truth('SET', 'secret', 'of alice');
    assert.equal(await alice.get('secret'), 'of alice');
    assert.equal(await alice.get('secret'), 'of alice');
    await assert.rejects(bob.get('secret'), /NOPERM/);
    alice.close();
    bob.close();
  });

  test(`${name}: who logs in as another on an open connection reads as that other`, async () => {
    const client = open({ username: 'alice', password: 'a' });
    await client.connect();
    truth('SET', 'secret', 'of alice');
    assert.equal(await client.get('secret'), 'of alice');
    await client.become('bob', 'b');
    await assert.rejects(client.get('secret'), /NOPERM/);
    client.close();
  });

  test(`${name}: another password of the same user is another reader`, async () => {
    const first = open({ username: 'alice', password: 'a' });
    const second = open({ username: 'alice', password: 'alices-second-password' });
    await Promise.all([first.connect(), second.connect()]);
    truth('SET', 'rotated', 'one');
    assert.equal(await first.get('rotated'), 'one');
    truth('SET', 'rotated', 'two');
    assert.equal(await first.get('rotated'), 'one');
    assert.equal(await second.get('rotated'), 'two');
    first.close();
    second.close();
  });

  test(`${name}: connections opened to different databases share nothing`, async () => {
    const zero = open({});
    const one = open({ database: 1 });
    await Promise.all([zero.connect(), one.connect()]);
    truth('SET', 'per-database', 'zero');
    truth('-n', '1', 'SET', 'per-database', 'one');
    assert.equal(await zero.get('per-database'), 'zero');
    assert.equal(await one.get('per-database'), 'one');
    zero.close();
    one.close();
  });
}

test('ioredis: who logs in as another before the connection is ready leaves nothing for the first', async () => {
  const as = { path, username: 'bob', password: 'b', retryStrategy: () => null };
  const [changed, bob] = [new Redis(as), new Redis(as)];
  truth('SET', 'secret', 'of alice');
  void changed.auth('alice', 'a');
  assert.equal(await changed.get('secret'), 'of alice');
  await assert.rejects(bob.get('secret'), /NOPERM/);
  changed.disconnect();
  bob.disconnect();
});

test('ioredis and node-redis: clusters are read live', async () => {
  const ioredis = new Cluster([{ host: '127.0.0.1', port: clusterPort }]);
  const nodeRedis = createCluster({ rootNodes: [{ socket: { host: '127.0.0.1', port: clusterPort } }] });
  await nodeRedis.connect();
  for (const value of ['one', 'two']) {
    clusterTruth('SET', 'moving', value);
    assert.equal(await ioredis.get('moving'), value);
    assert.equal(await nodeRedis.get('moving'), value);
  }
  ioredis.disconnect();
  nodeRedis.destroy();
});

test('connections that cannot be told apart share nothing, also when each is of another copy of its library', () => {
  const spaces = [1, 2].map(() => new RedisReads(reads, 'ioredis').spaceOf({}, () => null));
  assert.notEqual(spaces[0], spaces[1]);
});

test('connections that ask one address for two TLS server names share nothing', async () => {
  const watched = testReads(clock, { redis: [{ keys: '*', ttlMs: 60_000 }] });
  const times = { requestedAtMs: 0, storedAtMs: 0, initialAgeMs: 0, lifeMs: 1 };
  watched.keep('other', { address: 'other', ...times }, 1);
  const asked = new Set<string>();
  watched.lookup = (key) => void asked.add(key) as undefined;
  class Watched extends Redis {}
  patchIoredis({ Redis: Watched }, watched);
  for (const servername of ['alice.mesh', 'bob.mesh']) {
    const client = new Watched({ port: 1, tls: { servername }, retryStrategy: () => null });
    client.on('error', () => {});
    await assert.rejects(client.get('a'));
  }
  assert.equal(asked.size, 2);
});

test('no key of a connection tells its password', async () => {
  const kept: string[] = [];
  const watched = testReads(clock, { redis: [{ keys: '*', ttlMs: 60_000 }] });
  const keep = watched.keep.bind(watched);
  watched.keep = (key, value, sizeBytes) => {
    kept.push(key);
    return keep(key, value, sizeBytes);
  };
  class Watched extends Redis {}
  patchIoredis({ Redis: Watched }, watched);
  const client = new Watched({
    path,
    username: 'alice',
    password: 'alices-second-password',
    retryStrategy: () => null,
  });
  truth('SET', 'plain', 'x');
  await client.get('plain');
  assert.equal(kept.length, 1);
  assert.doesNotMatch(kept[0]!, /alices-second-password|alice/);
  client.disconnect();
  assert.equal(reads.coverage.faults, 0);
});
