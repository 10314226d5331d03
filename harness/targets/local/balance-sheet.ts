import type { Bytes } from 'l1-cache';
import type { PodMemory } from '../../../scenarios/service/protocol.ts';
import type { MemoryByKind, ProcessMemory } from '../../machine/process-memory.ts';
import type { RedisContents } from './redis-server.ts';

export interface BalanceLine {
  readonly line: string;
  readonly bytes: Bytes;
}

/**
 * Splits a Node process. The runtime says how much its heap and what hangs on it holds, the kernel which pages are
 * really there; where the runtime claims more than the kernel counts (memory reserved, never touched), free heap
 * gives way first, then external memory.
 */
export function appLines(kernel: ProcessMemory, runtime: PodMemory): readonly BalanceLine[] {
  const fixed = fixedLines(kernel.byKind);
  let leftBytes = kernel.byKind?.anonymousBytes ?? kernel.totalBytes;
  const take = (bytes: Bytes): Bytes => {
    const taken = Math.max(0, Math.min(bytes, leftBytes));
    leftBytes -= taken;
    return taken;
  };
  const heapUsed = take(runtime.heapUsedBytes);
  const external = take(runtime.externalBytes);
  const heapFree = take(runtime.heapTotalBytes - runtime.heapUsedBytes);
  return [
    { line: 'heap used', bytes: heapUsed },
    { line: 'heap free', bytes: heapFree },
    { line: 'external', bytes: external },
    { line: kernel.byKind === null ? 'everything else' : 'other anonymous', bytes: leftBytes },
    ...fixed,
  ];
}

/** Splits a process that says nothing of itself: a proxy, a cache container. */
export function plainLines(kernel: ProcessMemory): readonly BalanceLine[] {
  if (kernel.byKind === null) return [{ line: 'everything', bytes: kernel.totalBytes }];
  return [{ line: 'heap', bytes: kernel.byKind.anonymousBytes }, ...fixedLines(kernel.byKind)];
}

/** Splits a Redis: what it says it uses for data and for itself, and what its allocator holds beyond. */
export function redisLines(kernel: ProcessMemory, contents: RedisContents): readonly BalanceLine[] {
  const allocatedBytes = kernel.byKind?.anonymousBytes ?? kernel.totalBytes;
  const overhead = Math.min(contents.overheadBytes, allocatedBytes);
  const data = Math.min(contents.usedMemoryBytes - contents.overheadBytes, allocatedBytes - overhead);
  return [
    { line: 'data', bytes: data },
    { line: 'overhead', bytes: overhead },
    {
      line: kernel.byKind === null ? 'everything else' : 'allocator: free and fragmented',
      bytes: allocatedBytes - overhead - data,
    },
    ...fixedLines(kernel.byKind),
  ];
}

function fixedLines(kinds: MemoryByKind | null): readonly BalanceLine[] {
  if (kinds === null) return [];
  return [
    { line: 'code and libraries', bytes: kinds.filesBytes },
    { line: 'stacks', bytes: kinds.stackBytes },
  ];
}
