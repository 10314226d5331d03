import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../clock.ts';
import { CacheError } from '../errors.ts';
import type { Bytes, Millis } from '../units.ts';
import { adoptSocket } from './adopt-socket.ts';
import type { CommandContext, Connection } from './command-context.ts';
import { runCommand } from './commands.ts';
import { ReplyWriter } from './reply-writer.ts';
import { type CommandArgs, ProtocolError, RequestParser } from './request-parser.ts';
import { TurnClock } from './turn-clock.ts';
import { Values } from './values.ts';

const NOTHING = Buffer.alloc(0);

export interface SidecarOptions {
  /** Most bytes the cache may hold. */
  readonly budgetBytes: Bytes;
  /** File of the Unix socket; only its owner and group may connect. Default: none. */
  readonly socketPath?: string;
  /** TCP port; 0 takes a free one. Default: none. */
  readonly port?: number;
  /** Default: 127.0.0.1, the pod itself. */
  readonly host?: string;
  readonly clock?: Clock;
  readonly wallNow?: () => Millis;
}

export interface Sidecar extends AsyncDisposable {
  readonly values: Values;
  /** The TCP port, when one was asked for. */
  readonly port: number | undefined;
}

/**
 * Serves an L1Cache to every process of the pod, over the Redis protocol (RESP2 and RESP3). Commands of one chunk
 * are answered in one write. Strings only; there is one database, no users, and nothing is written to disk.
 * @throws {CacheError} `L1_BAD_OPTION` when there is nothing to listen on or another server uses the socket.
 */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { socketPath, port, host = '127.0.0.1', wallNow = Date.now } = options;
  if (socketPath === undefined && port === undefined)
    throw new CacheError(
      'L1_BAD_OPTION',
      'The container cache listens nowhere: give a socketPath or a port.',
    );
  const sockets = new Set<Socket>();
  const clock = new TurnClock(options.clock ?? systemClock);
  const context: CommandContext = {
    values: new Values(options.budgetBytes, clock),
    clock,
    wallNow,
    startedMs: clock.now(),
    connections: () => sockets.size,
    commands: 0,
  };
  let lastId = 0;
  const accept = (socket: Socket) => {
    const served = serve(
      socket,
      { id: ++lastId, name: '', isClosing: false, transaction: undefined },
      context,
      clock,
    );
    sockets.add(served.once('close', () => sockets.delete(served)));
  };
  const servers: Server[] = [];
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    context.values.cache[Symbol.dispose]();
  };
  try {
    if (socketPath !== undefined) {
      await removeStale(socketPath);
      servers.push(await listen(accept, { path: socketPath }));
      chmodSync(socketPath, 0o770);
    }
    if (port !== undefined) servers.push(await listen(accept, { host, port }));
  } catch (error) {
    await close();
    throw error;
  }
  const address = port === undefined ? null : servers.at(-1)!.address();
  return {
    values: context.values,
    port: typeof address === 'object' && address !== null ? address.port : undefined,
    [Symbol.asyncDispose]: close,
  };
}

function serve(accepted: Socket, connection: Connection, context: CommandContext, clock: TurnClock): Socket {
  const parser = new RequestParser();
  let reply: ReplyWriter;
  const run = (args: CommandArgs) => {
    runCommand(args, reply, context, connection);
    return connection.isClosing || reply.isBacklogged ? 'wait' : 'next';
  };
  /** False when no more is to be read for now. */
  const take = (from: Socket, bytes: Buffer, length: Bytes): boolean => {
    if (connection.isClosing) return true;
    // Otherwise nothing would be taken.
    reply.isBacklogged = false;
    clock.begin();
    try {
      parser.feed(bytes, length, run);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      reply.error(`ERR Protocol error: ${error.message}`);
      connection.isClosing = true;
    } finally {
      clock.end();
    }
    reply.flush();
    // Not only our half: a client that never closes its own would hold the socket.
    if (connection.isClosing) from.destroySoon();
    // Who asks faster than it reads is not answered: what waits is bounded by what one command asks for.
    if (!from.writableNeedDrain) return true;
    from.once('drain', () => {
      if (take(from, NOTHING, 0)) from.resume();
    });
    return false;
  };
  const socket = adoptSocket(accepted, (from, bytes, length) => {
    reply ??= new ReplyWriter(from);
    return take(from, bytes, length);
  });
  socket.setNoDelay(true);
  // A client that goes away is no fault of ours.
  socket.on('error', () => socket.destroy());
  return socket;
}

function listen(
  accept: (socket: Socket) => void,
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true }, accept);
    // After it listens: a connection that could not be accepted, for want of memory or of files. It is the client's loss.
    server.on('error', reject);
    server.listen(where, () => resolve(server));
  });
}

/** Removes a socket file that a killed server left behind; one that answers is in use. */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket())
    throw new CacheError('L1_BAD_OPTION', `${path} is no socket. Remove it, or give another socketPath.`);
  const refusal = await new Promise<string | undefined>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  if (refusal !== 'ECONNREFUSED')
    throw new CacheError(
      'L1_BAD_OPTION',
      `Another server listens on ${path}. Stop it, or give another socketPath.`,
    );
  unlinkSync(path);
}
