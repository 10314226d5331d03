/*
 * The container cache beside redis-server, and beside a Node server that does nothing (bare-server.ts): the same
 * machine, the same run, a Unix socket and a TCP port each, alternating rounds. Medians over the rounds, one JSON
 * object a line; `… / redis` is the median of the quotients of the same round. The p50 of redis-benchmark has steps of
 * 8 us; the Node clients' have none.
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
const keyOf = (i: number) => `key:${String(i).padStart(12, '0')}`;
const ONE_KEY = keyOf(0);

const folder = mkdtempSync(join(tmpdir(), 'l1-beside-'));
const sidecar = fileURLToPath(new URL('../../dist/sidecar.mjs', import.meta.url));
const bareServer = fileURLToPath(new URL('bare-server.ts', import.meta.url));
const ports = { redis: 16_379, 'l1-container': 16_380, 'bare Node server': 16_381 };
type Server = keyof typeof ports;
/** Those that hold values. */
const caches = ['redis', 'l1-container'] as const;
const servers = Object.keys(ports) as Server[];
const sockets = Object.fromEntries(
  servers.map((server) => [server, join(folder, `${ports[server]}.sock`)]),
) as Record<Server, string>;
const startNode = (server: Server, program: string) =>
  spawn(process.execPath, [...SIDECAR_NODE_FLAGS, program], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      L1_SOCKET: sockets[server],
      L1_PORT: String(ports[server]),
      L1_BUDGET_BYTES: String(512 << 20),
    },
  });
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
  'l1-container': startNode('l1-container', sidecar),
  'bare Node server': startNode('bare Node server', bareServer),
};
while (!servers.every((server) => existsSync(sockets[server]))) {
  const ended = servers.find((server) => children[server].exitCode !== null);
  if (ended !== undefined) {
    for (const child of Object.values(children)) child.kill();
    rmSync(folder, { recursive: true });
    console.error(
      `${ended} did not start. Run this as \`npm run bench:sidecar -w cache\`, which builds it first.`,
    );
    process.exit(3);
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
}

const samples = new Map<string, number[]>();
const note = (figure: string, value: number) => samples.set(figure, [...(samples.get(figure) ?? []), value]);
const pssBytes = (server: Server) =>
  1024 *
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${children[server].pid}/smaps_rollup`, 'utf8'))![1]);
const cpuSeconds = (server: Server) => {
  const fields = readFileSync(`/proc/${children[server].pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};
/** Clients say nothing at their start: the bare server would answer with a value. */
const SILENT = { disableClientInfo: true, enableReadyCheck: false } as const;
const nodeRedis = async (socket: { path: string; tls: false } | { host: string; port: number }) => {
  const client = createClient({ socket, RESP: 2, disableClientInfo: true });
  await client.connect();
  return { get: (key: string) => client.get(key), close: () => client.destroy() };
};
const fillers = Object.fromEntries(
  caches.map((server) => [server, new Redis({ path: sockets[server] })]),
) as Record<(typeof caches)[number], Redis>;
const gets: [how: string, of: Record<Server, (key: string) => Promise<unknown>>][] = [];
const closers: (() => void)[] = [];
await addClient('ioredis, socket file', (server) => {
  const client = new Redis({ ...SILENT, path: sockets[server] });
  return { get: (key) => client.get(key), close: () => client.disconnect() };
});
await addClient('ioredis, socket file, one key', (server) => {
  const client = new Redis({ ...SILENT, path: sockets[server] });
  return { get: () => client.get(ONE_KEY), close: () => client.disconnect() };
});
await addClient('ioredis, TCP', (server) => {
  const client = new Redis({ ...SILENT, port: ports[server] });
  return { get: (key) => client.get(key), close: () => client.disconnect() };
});
await addClient('node-redis, socket file', (server) => nodeRedis({ path: sockets[server], tls: false }));
await addClient('node-redis, TCP', (server) => nodeRedis({ port: ports[server], host: '127.0.0.1' }));

interface Opened {
  readonly get: (key: string) => Promise<unknown>;
  readonly close: () => void;
}
async function addClient(how: string, open: (server: Server) => Opened | Promise<Opened>): Promise<void> {
  const of = {} as Record<Server, Opened['get']>;
  for (const server of servers) {
    const opened = await open(server);
    of[server] = opened.get;
    closers.push(opened.close);
  }
  gets.push([how, of]);
}

for (const server of caches) {
  const beforeBytes = pssBytes(server);
  const value = Buffer.alloc(VALUE_BYTES, 'v');
  for (let from = 0; from < ENTRIES; from += 1000) {
    const keys = Array.from({ length: 1000 }, (_, i) => keyOf(from + i));
    await fillers[server].pipeline(keys.map((key) => ['set', key, value])).exec();
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
    await get(keyOf((i * 7919) % ENTRIES));
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
    if (server === 'bare Node server') continue;
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
  const [server, what] = figure.split(': ', 2) as [Server, string];
  const redis = samples.get(`redis: ${what}`);
  if (server !== 'redis' && redis !== undefined && redis.length > 1)
    samples.set(
      `${server} / redis: ${what}`,
      all.map((value, round) => value / redis[round]!),
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
for (const client of Object.values(fillers)) client.disconnect();
for (const child of Object.values(children)) child.kill();
rmSync(folder, { recursive: true });
