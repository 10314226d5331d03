import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect as connectNats, type NatsConnection } from '@nats-io/transport-node';
import { createClient } from 'redis';
import { MemoryBus } from './memory-bus.ts';
import { natsTransport } from './nats.ts';
import { redisTransport } from './redis.ts';
import { type Bus, testTransport } from './transport.contract.ts';

const TOOLS = fileURLToPath(new URL('../../../.l1bench/tools', import.meta.url));
const NATS_MODULE = 'github.com/nats-io/nats-server/v2@v2.15.2';

testTransport('memory', async () => {
  const bus = new MemoryBus();
  return {
    connect: async (self) => bus.connect(self),
    setDown: async () => bus.setDown('the test cut it off'),
    setUp: async () => bus.setDown(undefined),
    [Symbol.asyncDispose]: async () => {},
  };
});

const redisServer = process.env.REDIS_SERVER ?? onPath('redis-server');
if (redisServer === undefined) test('Redis transport', { skip: 'no redis-server: run `l1bench setup`' });
else {
  testTransport('Redis', () => redisBus(redisServer));
  for (const disableOfflineQueue of [false, true])
    test(`Redis: a pod that starts before its Redis goes on, and hears others once it is there (${disableOfflineQueue ? 'without' : 'with'} an offline queue)`, async (t) => {
      const port = await freePort();
      const open = (reconnect: 'soon' | 'never') => {
        const socket = {
          port,
          host: '127.0.0.1',
          reconnectStrategy: reconnect === 'soon' && (() => 20),
        } as const;
        const client = createClient({ socket, disableOfflineQueue });
        client.on('error', () => {});
        t.after(() => client.destroy());
        return client;
      };
      const [publisher, subscriber] = [open('soon'), open('soon')];
      for (const client of [publisher, subscriber]) client.connect().catch(() => {});
      const [up, heard] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
      await redisTransport({ self: 'a', publisher, subscriber }).start(
        (from, message) => heard.resolve(`${from}: ${Buffer.from(message)}`),
        ({ state }) => state === 'up' && up.resolve(),
      );
      const server = await serve(
        redisServer,
        ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''],
        port,
      );
      t.after(() => stop(server));
      await up.promise;
      const other = await open('never').connect();
      await other.publish('l1.all.b', 'hello');
      assert.equal(await heard.promise, 'b: hello');
    });
}

const natsServer = process.env.NATS_SERVER ?? onPath('nats-server') ?? installNats();
if (natsServer === undefined)
  test('NATS transport', {
    skip: `no nats-server: set NATS_SERVER, or install Go, or \`go install ${NATS_MODULE}\``,
  });
else testTransport('NATS', () => natsBus(natsServer));

test('a name that a channel would take apart, or that means all, is refused', () => {
  const client = {} as never;
  for (const self of ['', 'all', 'web.7', 'web 7', 'web-*', '>']) {
    const refusal = { code: 'L1_BAD_OPTION' };
    assert.throws(() => redisTransport({ self, publisher: client, subscriber: client }), refusal);
    assert.throws(() => natsTransport({ self, connection: client }), refusal);
  }
});

async function redisBus(command: string): Promise<Bus> {
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  let server = await serve(command, args, port);
  const clients: { destroy(): void }[] = [];
  const open = async () => {
    const client = createClient({ url: `redis://127.0.0.1:${port}`, disableOfflineQueue: true });
    client.on('error', () => {});
    clients.push(client);
    await client.connect();
    return client;
  };
  return {
    connect: async (self) =>
      redisTransport({ self, publisher: await open(), subscriber: await open(), fleet: 'contract' }),
    setDown: () => stop(server),
    setUp: async () => {
      server = await serve(command, args, port);
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.destroy();
      await stop(server);
    },
  };
}

async function natsBus(command: string): Promise<Bus> {
  const port = await freePort();
  const args = ['-a', '127.0.0.1', '-p', `${port}`];
  let server = await serve(command, args, port);
  const connections: NatsConnection[] = [];
  return {
    connect: async (self) => {
      const connection = await connectNats({
        servers: `127.0.0.1:${port}`,
        reconnectTimeWait: 20,
        maxReconnectAttempts: -1,
      });
      connections.push(connection);
      return natsTransport({ self, connection, fleet: 'contract' });
    },
    setDown: () => stop(server),
    setUp: async () => {
      server = await serve(command, args, port);
    },
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections) await connection.close();
      await stop(server);
    },
  };
}

function onPath(command: string): string | undefined {
  const folders = [TOOLS, ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, command)).find((file) => existsSync(file));
}

/** Builds the server once, into the project's own folder, where Go is there. */
function installNats(): string | undefined {
  const go = onPath('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined);
  if (go === undefined) return undefined;
  try {
    execFileSync(go, ['install', NATS_MODULE], { env: { ...process.env, GOBIN: TOOLS }, stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return join(TOOLS, 'nats-server');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function serve(command: string, args: readonly string[], port: number): Promise<ChildProcess> {
  const server = spawn(command, args, { stdio: 'ignore' });
  await accepts(port, server);
  return server;
}

/** Settles when the server takes connections; fails when it ends before that. */
async function accepts(port: number, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`${server.spawnfile} ended with ${server.exitCode}`);
    const socket: Socket = createConnection(port, '127.0.0.1');
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}
