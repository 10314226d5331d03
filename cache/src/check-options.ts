import { CacheError } from './errors.ts';
import type { ContainerMemory } from './memory/container-memory.ts';
import type { Definition, L1CacheOptions, ProtectionOptions } from './options.ts';
import type { Bytes, Count, Millis, Ratio } from './units.ts';

const DURATIONS = [
  'ttlMs',
  'maxAgeMs',
  'staleWhileRevalidateMs',
  'staleIfErrorMs',
  'negativeTtlMs',
  'loadTimeoutMs',
] as const;
const PROTECTION_COUNTS = [
  ['maxConcurrentLoads', 1],
  ['maxQueuedLoads', 0],
  ['breakerFailures', 1],
] as const;
const RATIOS = ['ttlSpreadRatio', 'refreshAheadRatio'] as const;

/** @throws {CacheError} `L1_BAD_OPTION` for the first option that is out of range. */
export function checkOptions<V>(options: L1CacheOptions<V>, memory: ContainerMemory): void {
  for (const name of DURATIONS) checkDuration(name, options[name]);
  for (const name of RATIOS) {
    const value = options[name];
    if (value !== undefined && !(value >= 0 && value < 1)) throw bad(name, value, 'at least 0 and below 1');
  }
  checkCount('workers', options.workers, 1);
  checkBound('maxEntries', options.maxEntries, 1);
  checkProtection(options.protection);
  checkBudget(options.budgetBytes, memory);
}

/**
 * @throws {CacheError} `L1_BAD_OPTION` when it is no size, `L1_BUDGET_TOO_LARGE` when the container may not hold it.
 */
export function checkBudget(budgetBytes: Bytes, memory: ContainerMemory): void {
  if (!(budgetBytes >= 0 && budgetBytes < Number.POSITIVE_INFINITY)) {
    throw bad('budgetBytes', budgetBytes, 'a finite number of bytes, 0 or more');
  }
  const limit = memory.limitBytes();
  if (limit !== undefined && budgetBytes > limit) {
    throw new CacheError(
      'L1_BUDGET_TOO_LARGE',
      `budgetBytes is ${mebibytes(budgetBytes)}, but the container may use ${mebibytes(limit)} in all. ` +
        'Make the budget smaller (a third of the limit is a good start) or the limit larger.',
    );
  }
}

/** @throws {CacheError} as for the options. */
export function checkDefinition<V>({ ttlMs, maxAgeMs, protection }: Definition<V>): void {
  checkDuration('ttlMs', ttlMs);
  checkDuration('maxAgeMs', maxAgeMs);
  checkProtection(protection);
}

function checkProtection(options: ProtectionOptions = {}): void {
  for (const [name, least] of PROTECTION_COUNTS) checkBound(`protection.${name}`, options[name], least);
  checkDuration('protection.breakerOpenMs', options.breakerOpenMs);
}

/** @throws {CacheError} `L1_BAD_OPTION` when it is no time; Infinity is one. */
export function checkDuration(name: string, value: Millis | undefined): void {
  if (value !== undefined && !(value >= 0)) throw bad(name, value, 'a number of milliseconds, 0 or more');
}

/** @throws {CacheError} `L1_BAD_OPTION` when what a value is said to take is no size. */
export function checkSize(sizeBytes: Bytes): void {
  if (!(sizeBytes >= 0)) throw bad('sizeBytes', sizeBytes, 'a number of bytes, 0 or more');
}

/** @throws {CacheError} `L1_BAD_OPTION` when it is no whole number of at least so much. */
export function checkCount(name: string, value: Count | undefined, least: Count): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= least)) {
    throw bad(name, value, `a whole number, ${least} or more`);
  }
}

/** @throws {CacheError} `L1_BAD_OPTION` when it is no share of a whole. */
export function checkRatio(name: string, value: Ratio | undefined, range: 'from 0' | 'above 0'): void {
  if (value === undefined || (value <= 1 && (range === 'from 0' ? value >= 0 : value > 0))) return;
  throw bad(name, value, range === 'from 0' ? 'from 0 to 1' : 'above 0 and at most 1');
}

/**
 * Without a bound is a bound of Infinity, which those who compute theirs may well pass.
 * @throws {CacheError} `L1_BAD_OPTION` when it is neither that nor a whole number of at least so much.
 */
export function checkBound(name: string, value: Count | undefined, least: Count): void {
  if (value !== Number.POSITIVE_INFINITY) checkCount(name, value, least);
}

function bad(name: string, value: unknown, wanted: string): CacheError {
  return new CacheError('L1_BAD_OPTION', `${name} is ${String(value)}; it must be ${wanted}.`);
}

function mebibytes(bytes: Bytes): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
