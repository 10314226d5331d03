import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareSharedMemory } from 'l1-cache/shared-memory';
import { startSidecar } from 'l1-cache/sidecar';

const BUDGET_BYTES = 8 * 1024 * 1024;

/** The library as a server for one test; disposing stops it. */
export interface TestContainer extends AsyncDisposable {
  readonly unixSocket: string;
  /** Drops every connection and listens no more, as a crash would. */
  kill(): Promise<void>;
}

export async function startTestContainer(): Promise<TestContainer> {
  const folder = mkdtempSync(join(tmpdir(), 'l1bench-container-'));
  const unixSocket = join(folder, 'l1.sock');
  const sidecar = await startSidecar({ budgetBytes: BUDGET_BYTES, socketPath: unixSocket });
  let isKilled = false;
  const kill = async (): Promise<void> => {
    if (isKilled) return;
    isKilled = true;
    await sidecar[Symbol.asyncDispose]();
  };
  return {
    unixSocket,
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A file as an init step makes it, for one test. */
export function testSharedMemory(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'l1bench-memory-'));
  const path = join(folder, 'pod.cache');
  prepareSharedMemory({ path, capBytes: BUDGET_BYTES });
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
