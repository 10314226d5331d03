import type { Count, Ratio } from 'l1-cache';
import { bytes, counted, duration, number, percent } from './format.ts';
import type { BrokenRule, Environment } from './schema.ts';
import type { LibraryHit } from './summary/library-hit.ts';
import { BALANCE_LIMIT } from './summary/memory.ts';
import type { Summary } from './summary.ts';

/** What the run ran on: name and value, in the order of the report. */
export function environmentRows(summary: Summary): [string, string][] {
  const { environment: e, settings: s } = summary;
  const versions = Object.entries(e.versions)
    .filter(([, version]) => version !== null)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  const limit = e.cgroupCpuLimit === null ? 'no limit' : `limit ${number(e.cgroupCpuLimit)} cores`;
  return [
    ['Mesh', e.mesh === 'envoy' ? `Envoy, mutual TLS. ${e.meshReason}` : `none. ${e.meshReason}`],
    [
      'Machine',
      `${e.cpuModel}, ${e.cores} cores (${limit}), ${bytes(e.memoryBytes)}; ${e.os}, kernel ${e.kernel}`,
    ],
    ['Versions', versions],
    [
      'Load',
      `${s.driver}, ${number(s.ratePerSecond)} requests/s over ${s.services} services, ${number(s.fanOutMean)} reads a request (${s.fanOutDistribution}, ${s.fanOut}), workload ${s.workload}; generator ${e.coLocatedLoad ? 'on the same machine as the pods' : 'on a machine of its own'}`,
    ],
    ['Noise', `${noiseText(e)}${othersCpuText(summary)}`],
    [
      'Budget',
      `${bytes(s.budgetBytes)} of cache a pod; profile ${s.profile}, ${counted(s.rounds, 'rounds')} of ${number(s.blockMs / 1000)} s blocks`,
    ],
    [
      'Start-up',
      `${number(summary.startup.podsReadyMs / 1000)} s until all pods served; ${bytes(summary.startup.servicesPssBytes)} PSS of all services before the caches filled`,
    ],
    ['Repeat', `${summary.command} (seed ${s.seed}; inputs sha256 ${summary.inputSha256})`],
  ];
}

/** How quiet the machine was before the run, in words. */
export function noiseText(e: Environment): string {
  const told = (ratio: Ratio | null) => (ratio === null ? 'not told' : percent(ratio));
  return `longest pause of an idle loop ${number(e.intrinsicLatencyMaxUs / 1000)} ms, steal ${told(e.stealRatio)}, CPU pressure ${told(e.cpuPressureRatio)} before the run, one clock reading ${duration(e.timerCostNs)}`;
}

/** From here on what others did shows in every latency. */
const OTHERS_CPU_WARNING: Ratio = 0.1;

/** What the reader must know before any number: the run is not complete, blocks do not count, or others were at work. */
export function cautions({ state, why, validity, invalidMemory, othersCpu }: Summary): string[] {
  const lines: string[] = [];
  if (state !== 'complete') lines.push(`This run is ${state}: ${reasons(why)}.`);
  if (validity.invalid > 0) {
    lines.push(
      `${validity.invalid} of ${validity.blocks} blocks ${areInvalid(validity)} and left out: ${brokenRuleWords(validity).join('; ')}.`,
    );
  }
  for (const { scenario, details } of invalidMemory) {
    lines.push(
      `The memory of ${scenario} is left out. Of the load that fills its caches: ${details.join('; ')}.`,
    );
  }
  if (othersCpu !== null && othersCpu.p50 > OTHERS_CPU_WARNING) {
    lines.push(
      `Other programs took ${percent(othersCpu.p50)} of this machine's CPU time during the median block, up to ${percent(othersCpu.max)}: latencies are too long by what they took, and the intervals are wide. Repeat on a quiet machine.`,
    );
  }
  return lines;
}

const areInvalid = ({ invalid }: Summary['validity']): string => `${invalid === 1 ? 'is' : 'are'} invalid`;

function othersCpuText({ othersCpu }: Summary): string {
  if (othersCpu === null) return '';
  return `; other programs took ${percent(othersCpu.p50)} of the CPU time in the median block, at most ${percent(othersCpu.max)} (n = ${counted(othersCpu.blocks, 'blocks')})`;
}

/** Why a run is not complete, as the inside of a sentence. */
function reasons(why: readonly string[]): string {
  return why.map((one) => one.replace(/\.+$/, '')).join('; ') || 'no reason recorded';
}

const RULE_WORDS: Readonly<Record<BrokenRule['rule'], string>> = {
  'nothing-due': 'nothing was due',
  unsent: 'requests never sent',
  'failed-requests': 'failed requests',
  'generator-lag': 'lagging generator',
};

/** Which rules were broken, by which scenario and how often. */
export function brokenRuleWords({ byRule }: Summary['validity']): string[] {
  return byRule.map(
    ({ scenario, rule, blocks, firstDetail }) =>
      `${scenario}: ${RULE_WORDS[rule]} in ${blocks === 1 ? 'one block' : `${blocks} blocks, first`}: ${firstDetail}`,
  );
}

/** What a ratio of hits says about what was asked, and by how much it falls short. */
export function libraryHitVerdict({ verdict, times, asked }: LibraryHit): string {
  if (verdict === 'short') return `short, by ${number(asked / times)}×`;
  return verdict;
}

/** Which program ran in which scenario, from the digests of what was started. */
function launchNotes({ launches }: Summary): string[] {
  const [first] = launches;
  if (first === undefined) return [];
  const { programSha256, programFiles, argumentsSha256, environment } = first.launch;
  const differ = launches.filter(
    ({ launch }) => launch.programSha256 !== programSha256 || launch.argumentsSha256 !== argumentsSha256,
  );
  const names = differ.map(({ scenario }) => scenario).join(', ');
  const same =
    differ.length === 0
      ? `the same program in every scenario, byte for byte (sha256 ${programSha256} over ${programFiles} files), with the same arguments (sha256 ${argumentsSha256})`
      : `NOT the same program and arguments as ${first.scenario} in ${names}`;
  const added = launches.flatMap(({ scenario, launch }) => {
    const more = launch.environment.filter((name) => !environment.includes(name));
    return more.length === 0 ? [] : [` ${scenario} has more in its environment: ${more.join(', ')}.`];
  });
  return [`The pods whose memory was read were started from ${same}.${added.join('')}`];
}

/** What stands where a table would have no row. */
export const NOTHING = {
  figures: 'Nothing that counts was measured.',
  ratios: 'There is no second scenario.',
  winners: 'No figure was measured in two scenarios.',
  memory: 'No memory was read.',
} as const;

/** How the numbers were made, one sentence each. */
export function methodNotes(summary: Summary): string[] {
  const { generator: g, validity: v, settings: s } = summary;
  const clean =
    g.highestCleanRatePerSecond === null
      ? `No clean rate of the generator is known (${g.method}).`
      : `The generator's highest clean rate on this machine is ${number(g.highestCleanRatePerSecond)} requests/s (${g.method}).`;
  return [
    'Open loop: Poisson arrivals from a seed. Latency counts from the scheduled arrival, so a request that had to wait is charged for it.',
    `Scenarios ran in the same pods in interleaved blocks of ${number(s.blockMs / 1000)} s in alternating order; the blocks of a round met the same arrivals.`,
    'Ratios are the median over rounds of the ratio inside each round; the 95 % interval comes from the ratios in order (Hettmansperger and Sheather 1986). p99 compares merged blocks and resamples whole rounds (expanded percentile bootstrap). Fewer than 6 pairs, or an interval across 1×, is INCONCLUSIVE.',
    'Percentiles come from merged histograms (0.1 % precision), never from averaged percentiles. Intervals of single figures resample whole blocks.',
    `Schedule lag: p50 ${g.lagP50Ns === null ? 'not measured' : duration(g.lagP50Ns)}, p99 ${g.lagP99Ns === null ? 'not measured' : duration(g.lagP99Ns)} over ${number(g.scheduled)} scheduled requests, invalid blocks included; ${number(g.unsent)} unsent, ${number(g.errors)} errors. ${clean}`,
    `${v.invalid} of ${v.blocks} blocks ${areInvalid(v)} by rules fixed before the run; what is invalid is listed, and used in no figure but the lag.`,
    ...launchNotes(summary),
    'In-process hits are timed over all hits of a request between two clock readings, and again in batches of 128; the cost of the clock is subtracted.',
    `Memory is read with one scenario deployed at a time. The lines of a pod must add up to the kernel's total within ${percent(BALANCE_LIMIT)}. "Per payload byte, filled" is what one process and its Redis grow by, per byte, when a known payload is loaded on top of other values. "Added per payload byte" is everything the mesh holds beyond the mesh without a cache, divided by the payload bytes cached; it is left out where the caches held too little for that difference to be told from noise.`,
  ];
}

/** From here on the intervals of single figures are near what they say; docs/method.md has the simulation. */
const ENOUGH_ROUNDS: Count = 20;

/** What a 95 % interval is not: a statement about all of them at once, or exact where rounds are few. */
function intervalLimits({ comparisons, settings }: Summary): string[] {
  const ratios = comparisons.filter(({ interval }) => interval !== null).length;
  return [
    ...(ratios > 1
      ? [
          `Each interval speaks for itself: of the ${ratios} paired ratios, one in twenty misses the truth by chance.`,
        ]
      : []),
    ...(settings.rounds < ENOUGH_ROUNDS
      ? [
          `With ${counted(settings.rounds, 'rounds')} the interval of a single p99 or mean is somewhat narrow: in a simulation 4 to 15 of 100 missed the truth with 6 or 8 rounds. Those of ratios missed it in 3 to 6.`,
        ]
      : []),
  ];
}

/** The caches that were measured while they still filled. */
function stillWarming({ scenarios }: Summary): string[] {
  const names = scenarios
    .filter(({ coldStart }) => coldStart?.endedBy === 'time-limit')
    .map(({ name }) => name);
  return names.length === 0
    ? []
    : [
        `The warm-up ended at its time limit, before the hit ratio was steady, in ${names.join(', ')}: after a longer one hits may be more, and latencies shorter.`,
      ];
}

/** What the numbers do not show. */
export function limits(summary: Summary): string[] {
  const { environment: e } = summary;
  return [
    ...(summary.piecesMeasuredBefore > 0
      ? [
          `The run was resumed: ${summary.piecesMeasuredBefore} of its warm-ups, blocks and memory readings come from before. Date, duration, environment and start-up are those of the last part.`,
        ]
      : []),
    ...summary.leftOut.map(({ scenario, why }) => `${scenario} was left out: ${why}`),
    ...intervalLimits(summary),
    ...stillWarming(summary),
    ...summary.scenarios.flatMap(({ name, coverage }) =>
      coverage === null || coverage.faults === 0
        ? []
        : [
            `${name}: the preload met ${counted(coverage.faults, 'faults')} of its own and let those reads through.`,
          ],
    ),
    ...(summary.scenarios.length > 8
      ? [
          `The best of ${summary.scenarios.length} is picked by its value, so its lead is flattered: trust the margin, not the rank.`,
          'Warm-ups run one after another, in the order of the table. Who was warmed up earlier holds older values, of which more are stale: with this many scenarios compare stale reads and stale age between neighbours only.',
        ]
      : []),
    'The origin answers after an emulated wait in place of a database. Every figure it touches says "emulated".',
    ...(e.coLocatedLoad
      ? [
          'Load generator, pods and Redis share one machine: they compete for its cores, so absolute latencies are higher than on a cluster. Ratios within the run are what to read.',
        ]
      : []),
    ...(e.mesh === 'none'
      ? [
          'No mesh: calls between pods skip Envoy and mutual TLS, so misses and shared Redis look cheaper than in a mesh.',
        ]
      : []),
    ...(summary.settings.timeScale > 10
      ? [
          `With --time-scale ${number(summary.settings.timeScale)} some data lives for less than the whole second that HTTP headers can say: l1-transparent does not cache it, envoy-cache keeps it until the second ends.`,
        ]
      : []),
    'Loopback has no network between machines: a real shared Redis is farther away than here.',
    "Staleness is judged against the origin's own schedule of changes, which is synthetic.",
    'The bytes of 200 pods are 200 times the mean pod as filled in this run, not a measurement of 200 pods.',
  ];
}
