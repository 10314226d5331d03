import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly socketPath: string;
}

/** No `redis-server` on the path. */
export class RedisMissing extends Error {}

/** Starts a Redis of our own that keeps nothing, on a free port and a socket of its own. */
export async function startRedis(): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'l1-bench-redis-'));
  const socketPath = join(directory, 'redis.sock');
  const port = await freePort();
  const options = ['--port', `${port}`, '--unixsocket', socketPath, '--dir', directory, '--save', ''];
  const server = spawn('redis-server', [...options, '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const dispose = async () => {
    if (server.pid !== undefined && server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(new RedisMissing('redis-server cannot be started', { cause })));
      server.once('exit', (code) => reject(new RedisMissing(`redis-server ended with ${code}`)));
      server.stdout.on('data', (text: Buffer) => {
        if (text.includes('eady to accept connections')) resolve();
      });
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return { port, socketPath, [Symbol.asyncDispose]: dispose };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
