import { resolve } from 'node:path';
import type { ArgumentsCamelCase, Argv, InferredOptionTypes, Options } from 'yargs';
import { DEFAULT_SCENARIOS, SCENARIOS, scenarioOf } from '../../scenarios/catalogue.ts';
import { buildTopology } from '../../scenarios/topology/build.ts';
import { BenchError, EXIT } from '../errors.ts';
import { EXPERIMENTS } from '../experiments/experiments.ts';
import type { LoadPlan } from '../load/driver.ts';
import type { RunRequest } from '../run/execute.ts';
import { PROFILES } from '../run/profile.ts';
import { runIdOf } from '../run/run-id.ts';
import { topologyOptions } from './options.ts';

/** The library part by part, from a store only to everything on. */
const ABLATION = ['l1-passive', 'l1-prewarm', 'l1-learned-ttl', 'in-process-l1', 'l1-fleet'];
/** A profile is read within 50 ms of the session that names it; this is the median. */
const ABLATION_CHAIN_GAP_MS = 12;
/** Far above what a generator on one machine sends; the schedule of arrivals would not fit its memory. */
const MOST_REQUESTS_PER_SECOND = 100_000;
/** A tebibyte. */
const MOST_BUDGET_MIB = 2 ** 20;
/** A day of rounds at least; the arrivals of all are made once before the first, for their digest. */
const MOST_ROUNDS = 10_000;

/** The options that say what a run measures. */
export const runOptions = {
  ...topologyOptions,
  'fan-out': {
    choices: ['parallel', 'sequential'] as const,
    default: 'parallel' as const,
    describe: 'How a request does its reads',
  },
  'chain-gap-ms': {
    type: 'number',
    describe:
      'Median pause between a session read and the profile read it names, log-normal, at most 50 ms (default: 0; for ablation 12)',
  },
  rate: { type: 'number', describe: 'Inbound requests per second (default: the profile’s)' },
  profile: {
    choices: ['quick', 'standard', 'full'] as const,
    default: 'quick' as const,
    describe: 'How much is measured: under 3 minutes, under 10, or about an hour',
  },
  mesh: {
    choices: ['auto', 'envoy', 'none'] as const,
    default: 'auto' as const,
    describe: 'Sidecars with mutual TLS; auto uses Envoy where there is one',
  },
  driver: {
    choices: ['open-loop', 'k6'] as const,
    default: 'open-loop' as const,
    describe: 'What sends the load',
  },
  workload: {
    type: 'string',
    default: 'synthetic',
    describe: 'synthetic, or trace:<file> to take the keys from a recorded trace',
  },
  'budget-mib': { type: 'number', default: 64, describe: 'What one pod may spend on its cache' },
  blocks: { type: 'number', describe: 'Interleaved rounds (default: the profile’s)' },
  'time-scale': {
    type: 'number',
    default: 1,
    describe:
      'How much faster than the clock data changes and expires; above 10 a price lives for less than the whole seconds of HTTP, and what caches answers (l1-transparent, envoy-cache) keeps it not or wrongly long',
  },
} as const satisfies Record<string, Options>;

type RunOptions = ArgumentsCamelCase<InferredOptionTypes<typeof runOptions>>;

export function scenarioArgument<T>(args: Argv<T>) {
  return args.positional('scenario', {
    type: 'string',
    array: true,
    default: [...DEFAULT_SCENARIOS],
    describe: `Any of: ${SCENARIOS.map(({ name }) => name).join(', ')}; or all (that can run here); or ablation (${ABLATION.join(', ')}, with a chain gap of ${ABLATION_CHAIN_GAP_MS} ms). Or one experiment: ${EXPERIMENTS.map(({ name, description }) => `${name} (${description})`).join(', ')}; of the options it takes --profile, --seed, --out and --json`,
  });
}

/**
 * What the user typed as a run. `nonce` is any number between 0 and 1.
 * @throws {InputError} `SCENARIO_UNKNOWN`, `TOPOLOGY_IMPOSSIBLE`. @throws {BenchError} `WORKLOAD_UNKNOWN`, `OPTION_OUT_OF_RANGE`.
 */
export function requestOf(
  args: RunOptions & { readonly scenario: readonly string[] },
  command: string,
  now: Date,
  nonce: number,
): RunRequest {
  const profile = PROFILES[args.profile];
  const names = args.scenario.flatMap(scenariosNamed);
  const ablation = args.scenario.includes('ablation');
  const request: RunRequest = {
    runId: runIdOf(now, args.profile, nonce),
    command,
    scenarios: [...new Set(names)].map(scenarioOf).map(({ name, description }) => ({ name, description })),
    asked: args.scenario.includes('all') ? 'all' : 'by-name',
    services: args.services,
    seed: args.seed,
    fanOutMean: args.fanoutMean,
    fanOutDistribution: args.fanoutDistribution,
    fanOut: args.fanOut,
    chainGapMs: args.chainGapMs ?? (ablation ? ABLATION_CHAIN_GAP_MS : 0),
    profileName: args.profile,
    profile: {
      ...profile,
      ratePerSecond: rateOf(args.driver, args.rate ?? profile.ratePerSecond),
      rounds: wholeNumber('--blocks', args.blocks ?? profile.rounds),
    },
    mesh: args.mesh,
    driver: args.driver,
    workload: workloadOf(args.workload),
    // Redis takes whole bytes, and 0 for no limit.
    budgetBytes: Math.ceil(positive('--budget-mib', args.budgetMib, MOST_BUDGET_MIB) * 2 ** 20),
    timeScale: positive('--time-scale', args.timeScale),
  };
  // Refused now, not after what is missing was installed.
  buildTopology(request);
  return request;
}

/** The scenarios that one word stands for. */
function scenariosNamed(word: string): readonly string[] {
  if (word === 'all') return SCENARIOS.map(({ name }) => name);
  return word === 'ablation' ? ABLATION : [word];
}

function workloadOf(text: string): LoadPlan['workload'] {
  if (text === 'synthetic') return { kind: 'synthetic' };
  if (text.startsWith('trace:')) return { kind: 'trace', file: resolve(text.slice('trace:'.length)) };
  throw new BenchError('WORKLOAD_UNKNOWN', `--workload is ${text}; it is synthetic or trace:<file>.`, {
    hint: 'For instance --workload trace:reads.lirs.gz',
    exitCode: EXIT.usage,
  });
}

function rateOf(driver: RunRequest['driver'], perSecond: number): number {
  const rate = positive('--rate', perSecond, MOST_REQUESTS_PER_SECOND);
  if (driver !== 'k6' || Number.isInteger(rate)) return rate;
  throw outOfRange('--rate', rate, 'a whole number with --driver k6, which takes no other');
}

function positive(option: string, value: number, most = Number.MAX_VALUE): number {
  if (value > 0 && value <= most) return value;
  const limit = most === Number.MAX_VALUE ? 'above 0' : `above 0 and at most ${most}`;
  throw outOfRange(option, value, limit);
}

/** A number of rounds or pairs. @throws {BenchError} `OPTION_OUT_OF_RANGE`. */
export function wholeNumber(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0 && value <= MOST_ROUNDS) return value;
  throw outOfRange(option, value, `a whole number above 0 and at most ${MOST_ROUNDS}`);
}

/** Any whole number. @throws {BenchError} `OPTION_OUT_OF_RANGE`. */
export function seedOf(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw outOfRange('--seed', value, 'a whole number');
}

function outOfRange(option: string, value: number, limit: string): BenchError {
  return new BenchError('OPTION_OUT_OF_RANGE', `${option} is ${value}; it must be ${limit}.`, {
    hint: 'The --help of the command says what it takes.',
    exitCode: EXIT.usage,
  });
}
