/*
 * The container cache beside redis-server: the same machine, the same run, a Unix socket and a TCP port each,
 * alternating rounds. Medians over the rounds, one JSON object a line; `ratio` is the median of ours divided by Redis's
 * in the same round. The p50 of redis-benchmark has steps of 8 us; the Node clients' have none.
 * Run: npm run bench:sidecar -w cache (needs redis-server and redis-benchmark).
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { SIDECAR_NODE_FLAGS } from '../../src/sidecar/node-flags.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const ENTRIES = 100_000;
const VALUE_BYTES = 512;
const TICKS_PER_SECOND = 100;

const folder = mkdtempSync(join(tmpdir(), 'l1-beside-'));
const sidecar = fileURLToPath(new URL('../../dist/sidecar.mjs', import.meta.url));
const sockets = { redis: join(folder, 'redis.sock'), 'l1-container': join(folder, 'l1.sock') };
const ports = { redis: 16_379, 'l1-container': 16_380 };
type Server = keyof typeof sockets;
const servers = Object.keys(sockets) as Server[];
const children = {
  redis: spawn('redis-server', [
    '--port',
    String(ports.redis),
    '--unixsocket',
    sockets.redis,
    '--save',
    '',
    '--appendonly',
    'no',
  ]),
  'l1-container': spawn(process.execPath, [...SIDECAR_NODE_FLAGS, sidecar], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      L1_SOCKET: sockets['l1-container'],
      L1_PORT: String(ports['l1-container']),
      L1_BUDGET_BYTES: String(512 << 20),
    },
  }),
};
while (!servers.every((server) => existsSync(sockets[server])))
  await new Promise((resolve) => setTimeout(resolve, 20));

const samples = new Map<string, number[]>();
const note = (figure: string, value: number) => samples.set(figure, [...(samples.get(figure) ?? []), value]);
const pssBytes = (server: Server) =>
  1024 *
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${children[server].pid}/smaps_rollup`, 'utf8'))![1]);
const cpuSeconds = (server: Server) => {
  const fields = readFileSync(`/proc/${children[server].pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};
const clients = Object.fromEntries(
  servers.map((server) => [server, new Redis({ path: sockets[server] })]),
) as Record<Server, Redis>;
const gets: [how: string, of: Record<Server, (key: string) => Promise<unknown>>][] = [];
const closers: (() => void)[] = [];
await addClient('ioredis, socket file', (server) => {
  const client = clients[server];
  return { get: (key) => client.get(key), close: () => client.disconnect() };
});
await addClient('ioredis, TCP', (server) => {
  const client = new Redis(ports[server]);
  return { get: (key) => client.get(key), close: () => client.disconnect() };
});
await addClient('node-redis, socket file', async (server) => {
  const client = createClient({ socket: { path: sockets[server], tls: false } });
  await client.connect();
  return { get: (key) => client.get(key), close: () => client.destroy() };
});
await addClient('node-redis, TCP', async (server) => {
  const client = createClient({ socket: { port: ports[server], host: '127.0.0.1' } });
  await client.connect();
  return { get: (key) => client.get(key), close: () => client.destroy() };
});

interface Opened {
  readonly get: (key: string) => Promise<unknown>;
  readonly close: () => void;
}
async function addClient(how: string, open: (server: Server) => Opened | Promise<Opened>): Promise<void> {
  const opened = { redis: await open('redis'), 'l1-container': await open('l1-container') };
  gets.push([how, { redis: opened.redis.get, 'l1-container': opened['l1-container'].get }]);
  closers.push(opened.redis.close, opened['l1-container'].close);
}

for (const server of servers) {
  const beforeBytes = pssBytes(server);
  const value = Buffer.alloc(VALUE_BYTES, 'v');
  for (let from = 0; from < ENTRIES; from += 1000) {
    const keys = Array.from({ length: 1000 }, (_, i) => `key:${String(from + i).padStart(12, '0')}`);
    await clients[server].pipeline(keys.map((key) => ['set', key, value])).exec();
  }
  const payloadBytes = ENTRIES * (VALUE_BYTES + 16);
  note(
    `${server}: memory per payload byte (PSS grown by ${ENTRIES} entries of ${VALUE_BYTES} B)`,
    (pssBytes(server) - beforeBytes) / payloadBytes,
  );
  note(`${server}: memory of the empty server, MiB`, beforeBytes / 1048576);
}

function benchmark(server: Server, args: readonly string[]): number[] {
  const given = [
    '-s',
    sockets[server],
    '-t',
    'get',
    '-d',
    String(VALUE_BYTES),
    '-r',
    String(ENTRIES),
    '--precision',
    '3',
    '--csv',
  ];
  const csv = execFileSync('redis-benchmark', [...given, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  return csv.toString().trim().split('\n').at(-1)!.replaceAll('"', '').split(',').slice(1).map(Number);
}

async function nodeClientUs(get: (key: string) => Promise<unknown>): Promise<number> {
  const us: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const startedUs = performance.now() * 1000;
    await get(`key:${String((i * 7919) % ENTRIES).padStart(12, '0')}`);
    us.push(performance.now() * 1000 - startedUs);
  }
  return us.sort((a, b) => a - b)[us.length >> 1]!;
}

for (let round = 0; round < ROUNDS; round++)
  for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
    for (const [how, of] of gets)
      note(`${server}: p50 of one GET at a time, ${how}, us`, await nodeClientUs(of[server]));
    note(
      `${server}: p50 of one GET at a time, redis-benchmark, us`,
      benchmark(server, ['-c', '1', '-n', '20000'])[3]! * 1000,
    );
    const operations = 200_000;
    const before = cpuSeconds(server);
    benchmark(server, ['-c', '20', '-P', '16', '-n', String(operations)]);
    note(`${server}: GETs a second of one core, pipelines of 16`, operations / (cpuSeconds(server) - before));
    const single = 40_000;
    const beforeSingle = cpuSeconds(server);
    benchmark(server, ['-c', '20', '-n', String(single)]);
    note(`${server}: GETs a second of one core, no pipelines`, single / (cpuSeconds(server) - beforeSingle));
  }

for (const [figure, all] of [...samples]) {
  const ours = samples.get(figure.replace('redis:', 'l1-container:'));
  if (figure.startsWith('redis:') && ours !== undefined && ours.length > 1)
    samples.set(
      figure.replace('redis:', 'ratio:'),
      ours.map((value, round) => value / all[round]!),
    );
}
for (const [figure, all] of samples) {
  const value = Math.round(all.sort((a, b) => a - b)[all.length >> 1]! * 1000) / 1000;
  console.log(
    JSON.stringify({
      figure,
      value,
      n: all.length,
      spread: [all[0], all.at(-1)].map((v) => Math.round(v! * 1000) / 1000),
    }),
  );
}
for (const close of closers) close();
for (const child of Object.values(children)) child.kill();
rmSync(folder, { recursive: true });
