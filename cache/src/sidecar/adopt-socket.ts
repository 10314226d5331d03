import { Socket } from 'node:net';
import type { Bytes } from '../units.ts';

const READ_BYTES: Bytes = 64 * 1024;

type Handle = object;

/** Takes the first `length` bytes, which are valid only during the call; false pauses the socket. */
export type OnBytes = (socket: Socket, bytes: Buffer, length: Bytes) => boolean;

/**
 * Reads an accepted connection into one buffer that is used again and again, where Node would allocate 64 KiB for
 * every chunk: a third off the time of a small command. Node offers this (`onread`) only to sockets made by hand, so the
 * accepted one hands its handle to a new one; where there is no handle to hand over it is read the ordinary way.
 */
export function adoptSocket(accepted: Socket, onBytes: OnBytes): Socket {
  const holder = accepted as unknown as { _handle: Handle | null };
  const handle = holder._handle;
  if (handle === null || typeof handle !== 'object') {
    accepted.on('data', (chunk) => {
      if (!onBytes(accepted, chunk, chunk.byteLength)) accepted.pause();
    });
    accepted.resume();
    return accepted;
  }
  holder._handle = null;
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const socket: Socket = new Socket({
    handle,
    onread: { buffer, callback: (length: number) => onBytes(socket, buffer, length) },
  } as ConstructorParameters<typeof Socket>[0]);
  accepted.destroy();
  return socket;
}
