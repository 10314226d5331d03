import type { Bytes } from 'l1-cache';
import { type OwnedProcess, startOwned } from '../../journal/owned-process.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';
import { connectOnce } from './connect-once.ts';
import type { Endpoint } from './endpoints.ts';
import { accepts, waitUntilReady } from './wait-until.ts';

export interface RedisSpec {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** 0 is no limit. */
  readonly maxMemoryBytes: Bytes;
  /** Path of a Unix socket to listen on too, absolute or from the run's folder. Default: none. */
  readonly unixSocket?: string;
}

/** Starts a Redis that is a cache and nothing else: bounded, evicting by frequency, nothing written to disk. */
export async function startRedis(run: OwnedRun, executable: string, spec: RedisSpec): Promise<OwnedProcess> {
  const { host, port } = spec.endpoint;
  const settings: Readonly<Record<string, string>> = {
    port: String(port),
    bind: host,
    maxmemory: String(spec.maxMemoryBytes),
    'maxmemory-policy': 'allkeys-lfu',
    'maxmemory-samples': '10',
    save: '',
    appendonly: 'no',
    databases: '1',
    'io-threads': '1',
    'jemalloc-bg-thread': 'no',
    dir: run.folder,
    // A rewritten title would overwrite the environment that marks the process as the run's.
    'set-proc-title': 'no',
    ...(spec.unixSocket === undefined ? {} : { unixsocket: spec.unixSocket }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await startOwned(run, { name: spec.name, command: executable, args });
  await waitUntilReady(server, () => accepts(spec.endpoint));
  return server;
}

/** What a Redis holds. */
export interface RedisContents {
  readonly usedMemoryBytes: Bytes;
  /** Share of `usedMemoryBytes` that is neither keys nor values: the server itself, its clients, its tables. */
  readonly overheadBytes: Bytes;
  readonly entries: number;
  /** Lengths of keys and values as the application sees them, without any overhead. */
  readonly payloadBytes: Bytes;
}

/** Reads what a Redis holds, key by key; a scan, not to be done while a block is measured. */
export async function readRedisContents(at: Endpoint): Promise<RedisContents> {
  const client = await connectOnce(at);
  try {
    const info = await client.info('memory');
    let entries = 0;
    let payloadBytes = 0;
    for await (const keys of client.scanIterator({ COUNT: 1_000 })) {
      const lengths = await Promise.all(keys.map((key) => client.strLen(key)));
      entries += keys.length;
      for (const key of keys) payloadBytes += Buffer.byteLength(key);
      for (const length of lengths) payloadBytes += Number(length);
    }
    return {
      usedMemoryBytes: infoNumber(info, 'used_memory'),
      overheadBytes: infoNumber(info, 'used_memory_overhead'),
      entries,
      payloadBytes,
    };
  } finally {
    client.destroy();
  }
}

/** A number of what a server says to INFO. */
export function infoNumber(info: string, field: string): number {
  const value = new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1];
  if (value === undefined) throw new Error(`Redis INFO has no ${field}.`);
  return Number(value);
}
