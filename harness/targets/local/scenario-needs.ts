/** What a scenario needs beside the pods, told by its name. */
export interface ScenarioNeeds {
  /** A Redis inside every pod. */
  readonly redisPerPod: boolean;
  /** The one Redis that all pods share; it counts as part of the scenario's memory. */
  readonly sharedRedis: boolean;
}

/** The scenarios that keep data in the shared Redis. */
const ON_SHARED_REDIS: ReadonlySet<string> = new Set(['shared-redis', 'redis-client-cache', 'bentocache']);

export function needsOf(scenario: string): ScenarioNeeds {
  return { redisPerPod: scenario.startsWith('redis-sidecar'), sharedRedis: ON_SHARED_REDIS.has(scenario) };
}
