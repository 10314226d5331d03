export { type Layout, type Prepared, type PrepareOptions, prepareSharedMemory } from './layout.ts';
export {
  machineClock,
  removeSharedMemory,
  SharedMemoryCache,
  type SharedMemoryOptions,
  type SharedMemoryStats,
  type SharedSetOutcome,
} from './shared-memory-cache.ts';
