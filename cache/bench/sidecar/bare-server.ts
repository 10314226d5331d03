/*
 * The least a Node server can do: every chunk is answered with the same value of 512 B. Nothing is parsed and nothing
 * looked up, so what a GET takes from it is the floor of any server written in Node.
 */
import { createServer } from 'node:net';

const VALUE_BYTES = 512;
const reply = Buffer.from(`$${VALUE_BYTES}\r\n${'v'.repeat(VALUE_BYTES)}\r\n`);
for (const where of [{ path: process.env.L1_SOCKET! }, { port: Number(process.env.L1_PORT) }])
  createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('data', () => socket.write(reply));
    socket.on('error', () => socket.destroy());
  }).listen(where);
