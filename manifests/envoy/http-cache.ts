import type { Bytes } from 'l1-cache';
import { type EnvoyConfig, TYPE } from './bootstrap.ts';

/** Where a proxy keeps the answers it caches, and how much of them. */
export interface HttpCacheFiles {
  /** A folder of this cache alone, there when the proxy starts; put it in memory. */
  readonly folder: string;
  /** Bytes of files; the least recently used leave when there are more. */
  readonly capBytes: Bytes;
}

/**
 * Envoy's HTTP cache filter over files, the one of its four forms that is bounded and is not called unfit for
 * production by its authors: scenarios/envoy-cache/README.md has the comparison. One thread for the files, as the
 * proxy has one worker.
 */
export function httpCacheFilter({ folder, capBytes }: HttpCacheFiles): EnvoyConfig {
  return {
    name: 'envoy.filters.http.cache',
    typed_config: {
      '@type': `${TYPE}/envoy.extensions.filters.http.cache.v3.CacheConfig`,
      typed_config: {
        '@type': `${TYPE}/envoy.extensions.http.cache.file_system_http_cache.v3.FileSystemHttpCacheConfig`,
        manager_config: { thread_pool: { thread_count: 1 } },
        cache_path: folder,
        max_cache_size_bytes: capBytes,
      },
    },
  };
}
