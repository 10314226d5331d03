import * as crypto from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import type { Bytes } from '../units.ts';
import { claimBudgetShare, removeNotesOfEndedWorkers } from './budget-share.ts';
import { countBypass } from './bypass.ts';
import { configFromEnv, type InterceptMode } from './config.ts';
import type { Coverage } from './coverage.ts';
import { wrapFetch } from './fetch.ts';
import { watchForeignWrites } from './foreign-writes.ts';
import { hookModules } from './hook-modules.ts';
import {
  currentScope,
  installDispatcher,
  isInstalled,
  watchSetGlobalDispatcher,
} from './install-dispatcher.ts';
import { createInterceptor } from './interceptor.ts';
import { InterceptedReads } from './reads.ts';
import { RequestRules } from './request.ts';

/** What `globalThis[Symbol.for('l1-cache.intercept')]` offers to the application and to tools. */
export interface InterceptHandle {
  coverage(): Coverage & {
    readonly entries: number;
    readonly chargedBytes: Bytes;
    readonly budgetBytes: Bytes;
    /** Answers as kept, headers included. */
    readonly payloadBytes: Bytes;
  };
  /** Forgets every answer held. */
  clear(): void;
  /** Goes on in another mode; what is held stays. A process that started with `L1_MODE=off` has no handle. */
  use(mode: InterceptMode): void;
}

export const HANDLE = Symbol.for('l1-cache.intercept');

/**
 * Puts the cache under the clients of this process, as `L1_MODE`, `L1_CONFIG` and `L1_BUDGET_BYTES` say.
 * With `L1_STATS_DIR` each thread writes its coverage there once a second and at exit, as `<pid>-<thread>.json`.
 * `L1_SHARE_DIR` is where the processes of a pod divide the budget, instead of `/dev/shm`.
 * @throws {CacheError} `L1_BAD_OPTION`
 */
export function install(env: Readonly<Record<string, string | undefined>>): void {
  const config = configFromEnv(env);
  if (config.mode === 'off') return;
  const pod = `${process.getuid?.()} ${env.L1_POD ?? ''} ${env.L1_CONFIG}`;
  const podKey = crypto.hash('sha256', pod, 'hex').slice(0, 16);
  removeNotesOfEndedWorkers(podKey, env.L1_SHARE_DIR);
  const reads = new InterceptedReads({
    config,
    clock: systemClock,
    wallNow: Date.now,
    claimBudget: (onChange) => claimBudgetShare(config.budgetBytes, podKey, onChange, env.L1_SHARE_DIR),
  });
  if (config.http.length > 0) {
    const rules = new RequestRules(config.http);
    const compose = () => {
      try {
        installDispatcher((scope) => createInterceptor(reads, rules, scope));
      } catch {
        reads.fault();
      }
    };
    compose();
    globalThis.fetch = wrapFetch(globalThis.fetch, reads, rules, currentScope);
    countBypass(reads, rules, () => {
      if (!isInstalled()) compose();
    });
    watchForeignWrites(reads, rules);
    hookModules(reads, (undici) => {
      watchSetGlobalDispatcher(undici, compose);
      compose();
    });
  } else {
    hookModules(reads, () => {});
  }
  const handle: InterceptHandle = {
    coverage: () => ({
      ...reads.coverage.snapshot(),
      entries: reads.store?.size ?? 0,
      chargedBytes: reads.store?.chargedBytes ?? 0,
      budgetBytes: reads.store?.budgetBytes ?? 0,
      payloadBytes: reads.store?.payloadBytes ?? 0,
    }),
    clear: () => reads.clear(),
    use: (mode) => {
      reads.mode = mode;
    },
  };
  Object.defineProperty(globalThis, HANDLE, { value: handle });
  if (env.L1_STATS_DIR !== undefined) reportTo(env.L1_STATS_DIR, handle);
}

function reportTo(folder: string, handle: InterceptHandle): void {
  let written = '';
  const write = () => {
    try {
      const text = JSON.stringify(handle.coverage());
      if (text === written) return;
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${process.pid}-${threadId}.json`), text);
      written = text;
    } catch {
      // Statistics are not worth a request.
    }
  };
  setInterval(write, 1000).unref();
  process.on('exit', write);
}
