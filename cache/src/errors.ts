/** Why the cache refused. Codes are stable; messages may change. */
export type CacheErrorCode =
  | 'L1_BAD_OPTION'
  | 'L1_BUDGET_TOO_LARGE'
  | 'L1_NO_LOADER'
  | 'L1_LOAD_TIMEOUT'
  | 'L1_BREAKER_OPEN'
  | 'L1_LOAD_QUEUE_FULL'
  | 'L1_BAD_SNAPSHOT';

/** Every error the cache itself raises. What a loader throws passes through unchanged. */
export class CacheError extends Error {
  readonly code: CacheErrorCode;

  constructor(code: CacheErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CacheError';
    this.code = code;
  }
}
