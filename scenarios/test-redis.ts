import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const REDIS_SERVER = process.env.REDIS_SERVER ?? 'redis-server';

/** False where the machine has a Redis server; else why a test that needs one is skipped. */
export const NO_REDIS: string | false =
  spawnSync(REDIS_SERVER, ['--version']).status === 0 ? false : 'no redis-server on PATH or in REDIS_SERVER';

/** A real Redis for one test; disposing stops it. */
export interface TestRedis extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly unixSocket: string;
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>;
}

export async function startTestRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'l1bench-redis-'));
  const [port] = (await freePorts(1)) as [number];
  const unixSocket = join(folder, 'redis.sock');
  const settings = {
    port,
    bind: '127.0.0.1',
    unixsocket: unixSocket,
    save: '',
    appendonly: 'no',
    dir: folder,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(REDIS_SERVER, args, { stdio: 'ignore' });
  await untilAccepts(server, unixSocket);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  return {
    host: '127.0.0.1',
    port,
    unixSocket,
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The Unix socket opens last. */
async function untilAccepts(server: ChildProcess, unixSocket: string): Promise<void> {
  while (!(await accepts(unixSocket))) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with exit code ${server.exitCode}`);
    await sleep(5);
  }
}

async function accepts(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Ports nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
