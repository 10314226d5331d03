import { z } from 'zod';

/** Version of `result.json`; raised with every change that an older reader would misread. */
export const SCHEMA_VERSION = 1;

/** An HDR histogram of nanoseconds (V2, compressed, base64), or null when it holds no sample. */
const histogram = z.string().nullable();
const count = z.number().int().nonnegative();
const service = z.number().int().nonnegative();

export const environmentSchema = z.object({
  os: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cores: z.number(),
  memoryBytes: z.number(),
  cgroupCpuLimit: z.number().nullable(),
  cgroupMemoryLimitBytes: z.number().nullable(),
  versions: z.object({
    l1bench: z.string(),
    commit: z.string().nullable(),
    node: z.string(),
    redis: z.string().nullable(),
    envoy: z.string().nullable(),
    k6: z.string().nullable(),
  }),
  mesh: z.enum(['envoy', 'none']),
  /** Why the mesh is what it is, one plain sentence. */
  meshReason: z.string(),
  /** The load generator shares the machine with the pods. */
  coLocatedLoad: z.boolean(),
  timerCostNs: z.number(),
  intrinsicLatencyMaxUs: z.number(),
  /** Share of CPU time the hypervisor took during the run; null where the kernel does not tell. */
  stealRatio: z.number().nullable(),
  /** Pressure-stall share of the CPU (`some avg10`) at the start; null where the kernel does not tell. */
  cpuPressureRatio: z.number().nullable(),
});

const settings = z.object({
  services: count,
  seed: z.number().int(),
  fanOutMean: z.number(),
  fanOut: z.enum(['parallel', 'sequential']),
  fanOutDistribution: z.enum(['constant', 'poisson', 'power-law']),
  /** Median pause between a read and the read that its value names; results before it existed had none. */
  chainGapMs: z.number().default(0),
  ratePerSecond: z.number(),
  profile: z.enum(['quick', 'standard', 'full']),
  driver: z.enum(['open-loop', 'k6']),
  workload: z.string(),
  budgetBytes: z.number(),
  rounds: count,
  blockMs: z.number(),
  timeScale: z.number(),
});

const outcome = z.object({ count, latencyNs: histogram });

/** A rule of validity that a block broke, and the block's own figures in words. */
const brokenRule = z.object({
  rule: z.enum(['nothing-due', 'unsent', 'failed-requests', 'generator-lag']),
  detail: z.string(),
});

const block = z.object({
  index: count,
  /** Blocks of one round met the same arrivals, one block a scenario, in alternating order. */
  round: count,
  scenario: z.string(),
  startedAtMs: z.number(),
  durationMs: z.number(),
  /** Empty when the block counts; otherwise every rule it broke. It is kept either way. */
  brokenRules: z.array(brokenRule),
  scheduled: count,
  completed: count,
  errors: count,
  /** Due but never sent. */
  unsent: count,
  /** From the scheduled arrival to the last byte of the answer. */
  latencyNs: histogram,
  /** From the actual send; without the schedule lag. */
  serviceTimeNs: histogram,
  /** Actual send less scheduled arrival. */
  lagNs: histogram,
  reads: count,
  readsByOutcome: z.record(z.string(), outcome),
  allReadsNs: histogram,
  readsOfRequestNs: histogram,
  l1PerReadNs: histogram,
  l1BatchNs: histogram,
  timerCostNs: z.number(),
  staleReads: count,
  staleAgeNs: histogram,
  originServed: count,
  redisCommands: count,
  /** Reads as a cache loaded under the program counted them; null where none was at work. */
  coverage: z
    .object({ hits: count, misses: count, shared: count, bypass: count, faults: count })
    .nullable()
    .default(null),
  /** CPU of all application processes; sidecars and Redis apart where the kernel tells. */
  appCpuUs: z.number(),
  proxyCpuUs: z.number().nullable(),
  redisCpuUs: z.number().nullable(),
  driverCpuUs: z.number().nullable(),
  /** Share of the machine's CPU time that programs outside the run took; null where it is not told. */
  othersCpuRatio: z.number().nullable().default(null),
  eventLoopDelayNs: histogram,
  gcPauseNs: histogram,
  /** What became of loads on a guess; null where the scenario never guesses. */
  prefetches: z
    .object({
      timely: count,
      late: count,
      unused: count,
      /** Reads whose key an earlier value named, and that were not there when asked for (late ones included). */
      chainedMisses: count,
      /** Of those: no load had begun, and the first of their kind in a pod, so that nothing it knew named the key. */
      firstOfKind: count.default(0),
      /** Of the others: no load had begun, and the value leads to keys of several owners, or to none, in other requests. */
      ambiguous: count.default(0),
      /** Of the rest: asked for sooner after the value that named them than their own load took. */
      shortPause: count.default(0),
    })
    .nullable()
    .default(null),
});

const coldStart = z.object({
  scenario: z.string(),
  /** Hit ratio over time after the pods were born with nothing cached; counts are per interval. */
  series: z.array(z.object({ tMs: z.number(), reads: count, hits: count })),
  /** The rule the warm-up ended by. */
  endedBy: z.enum(['steady', 'time-limit']),
});

const memoryLine = z.object({
  part: z.enum(['application', 'proxy', 'redis', 'cache']),
  /** What the bytes are: heap used, heap free, external, code and libraries, … */
  line: z.string(),
  bytes: z.number(),
});

/** How the application processes of a scenario, deployed alone, were started. */
const launch = z.object({
  /** sha256 over the files of the program, in the order of their names. */
  programSha256: z.string(),
  programFiles: count,
  /** sha256 over the arguments of one pod's process and the file that they name. */
  argumentsSha256: z.string(),
  /** Names of the variables that were added to the environment. */
  environment: z.array(z.string()),
});

const memory = z.object({
  scenario: z.string(),
  /** Null in results from before it was recorded. */
  launch: launch.nullable().default(null),
  /** Empty when the reading counts; otherwise the rules that the load before it broke. */
  brokenRules: z.array(brokenRule).default([]),
  method: z.string(),
  pods: z.array(
    z.object({
      service,
      lines: z.array(memoryLine),
      /** The kernel's own figure per part (PSS locally, working set on Kubernetes), read apart from the lines. */
      totals: z.object({
        application: z.number(),
        proxy: z.number(),
        redis: z.number(),
        /** A cache of the pod outside its processes above: a container of its own, or a file in memory. */
        cache: z.number().default(0),
      }),
      entries: count,
      payloadBytes: z.number(),
      chargedBytes: z.number(),
    }),
  ),
  /** One process and one Redis before and after a known payload was loaded on top of other values; null when it was not measured. */
  filled: z
    .object({ payloadBytes: z.number(), entries: count, emptyBytes: z.number(), fullBytes: z.number() })
    .nullable()
    .default(null),
  /** Servers that all pods share; empty for in-pod caches. */
  shared: z.array(
    z.object({
      name: z.string(),
      bytes: z.number(),
      usedMemoryBytes: z.number(),
      entries: count,
      payloadBytes: z.number(),
    }),
  ),
});

/** Everything one run measured. Reports are made from this and nothing else. */
export const resultSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  runId: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  /** Warm-ups, blocks and memory readings that an earlier process of a resumed run had made; 0 in a run of one piece. */
  piecesMeasuredBefore: count.default(0),
  command: z.string(),
  state: z.enum(['complete', 'interrupted', 'invalid']),
  /** Why an invalid or interrupted run is so, in words; empty for a complete one. */
  why: z.array(z.string()),
  environment: environmentSchema,
  settings,
  /** sha256 over topology, keys and arrivals. */
  inputSha256: z.string(),
  topology: z.object({
    services: z.array(z.object({ name: z.string(), layer: z.number(), owns: z.array(z.string()) })),
    edges: z.array(z.object({ from: service, to: service, weight: z.number() })),
  }),
  /** In the order asked for; the first is the baseline. */
  scenarios: z.array(z.object({ name: z.string(), description: z.string() })),
  /** What was asked for with "all" and cannot run here, and why. */
  leftOut: z.array(z.object({ scenario: z.string(), why: z.string() })).default([]),
  coldStarts: z.array(coldStart),
  blocks: z.array(block),
  memory: z.array(memory),
  generator: z.object({
    /** Highest rate at which the driver against a null server kept its lag p99 under 1 ms; null when none of the rates tried was, or none was tried. */
    highestCleanRatePerSecond: z.number().nullable(),
    /** How it was found and how the driver was run, in words. */
    method: z.string(),
  }),
  startup: z.object({
    podsReadyMs: z.number(),
    stoppedMs: z.number().nullable(),
    servicesPssBytes: z.number(),
  }),
});

export type Result = z.infer<typeof resultSchema>;
export type Environment = Result['environment'];
export type Settings = Result['settings'];
export type BrokenRule = z.infer<typeof brokenRule>;
export type Block = Result['blocks'][number];
export type Launch = z.infer<typeof launch>;
export type ColdStart = Result['coldStarts'][number];
export type MemoryReading = Result['memory'][number];
