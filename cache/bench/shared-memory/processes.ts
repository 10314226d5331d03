/*
 * What one shared copy saves with 2, 4 and 8 processes, and how soon a write in one process is seen by another.
 * Every process reads all entries once; its memory is what the kernel charges to it (PSS), less that of a process
 * that holds nothing; the shared file's pages are counted once. Run: node cache/bench/shared-memory/processes.ts
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { L1Cache } from '../../src/cache.ts';
import { prepareSharedMemory } from '../../src/shared-memory/layout.ts';
import { SharedMemoryCache } from '../../src/shared-memory/shared-memory-cache.ts';

const ENTRIES = 40_000;
const VALUE_BYTES = 600;
const REPEATS = 5;
const self = fileURLToPath(import.meta.url);
const keyOf = (i: number) => `price.31:${i}`;

type Role = 'nothing' | 'own copy' | 'shared copy' | 'watcher';
const [role, path] = process.argv.slice(2) as [Role | undefined, string];
if (role === undefined) await measure();
else await take(role);

async function take(role: Role): Promise<void> {
  const own = new L1Cache<Buffer>({ budgetBytes: 64 << 20 });
  const shared = role === 'nothing' ? undefined : new SharedMemoryCache({ path });
  if (role === 'own copy')
    for (let i = 0; i < ENTRIES; i++) own.set(keyOf(i), shared!.get(keyOf(i)) ?? Buffer.alloc(VALUE_BYTES));
  if (role === 'shared copy') for (let i = 0; i < ENTRIES; i++) shared!.get(keyOf(i));
  globalThis.gc?.();
  process.send!('ready');
  if (role !== 'watcher') return void process.on('message', () => {});
  process.on('message', () => {
    const before = shared!.get('signal')!.readDoubleLE();
    process.send!('watching');
    let seen: number;
    do seen = shared!.get('signal')!.readDoubleLE();
    while (seen === before);
    const [seconds, nanos] = process.hrtime();
    process.send!(seconds * 1e6 + nanos / 1e3 - seen);
  });
}

async function start(role: Role, path: string): Promise<ChildProcess> {
  const child = fork(self, [role, path], { execArgv: ['--expose-gc', ...process.execArgv] });
  await once(child, 'message');
  return child;
}

function pssBytes(child: ChildProcess): number {
  const text = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
  return 1024 * Number(/^Pss:\s+(\d+)/m.exec(text)![1]);
}

/** What `count` processes of this role are charged with together. */
async function memoryBytes(count: number, role: Role, path: string): Promise<number> {
  const children: ChildProcess[] = [];
  for (let i = 0; i < count; i++) children.push(await start(role, path));
  const total = children.reduce((sum, child) => sum + pssBytes(child), 0);
  for (const child of children) child.kill();
  await Promise.all(children.map((child) => once(child, 'exit')));
  return total;
}

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'l1-processes-'));
  const path = join(folder, 'shared');
  prepareSharedMemory({ path, capBytes: 48 << 20 });
  using shared = new SharedMemoryCache({ path });
  for (let i = 0; i < ENTRIES; i++) shared.set(keyOf(i), Buffer.alloc(VALUE_BYTES, i & 255));
  const payloadBytes = ENTRIES * (VALUE_BYTES + 14);

  const mib = (bytes: number) => Math.round((bytes / 1048576) * 10) / 10;
  for (const count of [2, 4, 8]) {
    const samples: Record<string, number[]> = { 'own copies': [], 'one shared copy': [] };
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const bare = await memoryBytes(count, 'nothing', path);
      samples['own copies']!.push((await memoryBytes(count, 'own copy', path)) - bare);
      const read = Math.max(0, (await memoryBytes(count, 'shared copy', path)) - bare);
      samples['one shared copy']!.push(read + shared.stats().chargedBytes);
    }
    const how = `${ENTRIES} entries of ${VALUE_BYTES} B, ${mib(payloadBytes)} MiB of payload, median`;
    for (const [figure, all] of Object.entries(samples)) {
      const sorted = all.sort((a, b) => a - b).map(mib);
      const value = sorted[REPEATS >> 1];
      const spread = [sorted[0], sorted.at(-1)];
      const named = `${count} processes: ${figure}`;
      console.log(JSON.stringify({ figure: named, value, unit: 'MiB', n: REPEATS, spread, how }));
    }
  }

  const latenciesUs: number[] = [];
  const stamp = Buffer.alloc(8);
  shared.set('signal', stamp);
  const watcher = await start('watcher', path);
  for (let i = 0; i < 50; i++) {
    watcher.send('watch');
    await once(watcher, 'message');
    const [seconds, nanos] = process.hrtime();
    stamp.writeDoubleLE(seconds * 1e6 + nanos / 1e3);
    const answer = once(watcher, 'message');
    shared.set('signal', stamp);
    latenciesUs.push((await answer)[0] as number);
  }
  watcher.kill();
  const value = Math.round(latenciesUs.sort((a, b) => a - b)[latenciesUs.length >> 1]!);
  const how =
    'median from before the write in one process to after the read in another that reads without pause';
  console.log(
    JSON.stringify({ figure: 'visibility across processes', value, unit: 'us', n: latenciesUs.length, how }),
  );
  rmSync(folder, { recursive: true });
}
