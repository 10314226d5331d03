import { readFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { execa } from 'execa';
import type { Bytes } from 'l1-cache';

/** Memory of one process as the operating system counts it. */
export interface ProcessMemory {
  /**
   * Linux: the kernel's own sum of proportional set sizes (smaps_rollup), where a page shared by n processes counts
   * 1/n in each, so that sums over processes are true. macOS: resident size, shared pages counted in full.
   */
  readonly totalBytes: Bytes;
  /** What the pages are, read mapping by mapping, apart from the total; null where the system does not tell. */
  readonly byKind: MemoryByKind | null;
}

export interface MemoryByKind {
  /** Allocated memory: every heap, arena and anonymous mapping. */
  readonly anonymousBytes: Bytes;
  /** Executable, libraries and other mapped files. */
  readonly filesBytes: Bytes;
  readonly stackBytes: Bytes;
}

/** How `readProcessMemory` counts on this machine, for the report. */
export const MEMORY_METHOD =
  platform === 'linux'
    ? 'PSS from /proc/PID/smaps_rollup; lines from /proc/PID/smaps'
    : 'RSS from ps (this system has no PSS): shared pages count in every process';

/** Reads the memory of a running process. Rejects when it is gone. */
export async function readProcessMemory(pid: number): Promise<ProcessMemory> {
  if (platform !== 'linux') return { totalBytes: await residentBytes(pid), byKind: null };
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const smaps = await readFile(`/proc/${pid}/smaps`, 'utf8');
  return { totalBytes: pssOf(rollup), byKind: sumByKind(smaps) };
}

/** Only the total, far cheaper than all mappings. Rejects when the process is gone. */
export async function readTotalBytes(pid: number): Promise<Bytes> {
  return platform === 'linux'
    ? pssOf(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))
    : residentBytes(pid);
}

/** Sums the proportional set sizes of a `/proc/PID/smaps` text by what is mapped. */
export function sumByKind(smaps: string): MemoryByKind {
  const sums = { anonymousBytes: 0, filesBytes: 0, stackBytes: 0 };
  let kind: keyof MemoryByKind = 'anonymousBytes';
  for (const line of smaps.split('\n')) {
    const header = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$/.exec(line);
    if (header !== null) kind = kindOf(header[1] ?? '');
    else if (line.startsWith('Pss:')) sums[kind] += kib(line);
  }
  return sums;
}

function kindOf(path: string): keyof MemoryByKind {
  if (path.startsWith('/')) return 'filesBytes';
  return path.startsWith('[stack') ? 'stackBytes' : 'anonymousBytes';
}

function pssOf(rollup: string): Bytes {
  const line = rollup.split('\n').find((text) => text.startsWith('Pss:'));
  if (line === undefined) throw new Error('The kernel gives no Pss line in smaps_rollup.');
  return kib(line);
}

function kib(line: string): Bytes {
  return Number.parseInt(line.slice(line.indexOf(':') + 1), 10) * 1024;
}

async function residentBytes(pid: number): Promise<Bytes> {
  const { stdout } = await execa('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number.parseInt(stdout, 10) * 1024;
}
