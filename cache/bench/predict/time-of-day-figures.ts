import { seededRandom } from '../../src/random.ts';
import { AdaptivePolicy } from '../../src/store/eviction/adaptive.ts';
import type { Count, Millis, Ratio } from '../../src/units.ts';
import type { Figure } from '../figure.ts';
import { runReads } from './run-reads.ts';
import { zipf } from './session-workload.ts';
import { figureOf } from './summary.ts';

const SEEDS = [1, 2, 3, 4, 5];
const SLOT_MS: Millis = 60_000;
const SLOTS_PER_DAY: Count = 4;
const DAYS = 3;
const MS_PER_READ: Millis = 2.5;
const HOT_KEYS: Count = 5000;
const KEYS: Count = 50_000;
const AFTER_SWAP_MS: Millis = 5000;

/** A day in which the hottest keys change with each slot: the first seconds after a change on the third day. */
export function* timeOfDayFigures(): Generator<Figure> {
  const how = `${SEEDS.length} seeds, ${HOT_KEYS} hottest of ${KEYS} keys replaced every ${SLOT_MS / 1000} s (a day of ${SLOTS_PER_DAY} slots, compressed), 400 reads/s, 4,000 entries, load 2 ms; first ${AFTER_SWAP_MS / 1000} s after each change on day ${DAYS}`;
  const n = (AFTER_SWAP_MS / MS_PER_READ) * SLOTS_PER_DAY * SEEDS.length;
  for (const prediction of ['off', 'on'] as const) {
    const values = SEEDS.map((seed) => 100 * afterSwap(seed, prediction));
    yield figureOf(`time-of-day.hit-ratio-${prediction === 'on' ? 'with' : 'without'}`, values, '%', n, how);
  }
}

function afterSwap(seed: number, prediction: 'on' | 'off'): Ratio {
  const rng = seededRandom(seed);
  let reads = 0;
  let hits = 0;
  runReads({
    keys: daysOf(rng),
    msPerRead: MS_PER_READ,
    policy: new AdaptivePolicy(),
    entries: 4000,
    loadMs: 2,
    onRead: (outcome, atMs) => {
      if (atMs < (DAYS - 1) * SLOTS_PER_DAY * SLOT_MS || atMs % SLOT_MS >= AFTER_SWAP_MS) return;
      reads++;
      if (outcome === 'hit' || outcome === 'prefetched') hits++;
    },
    ...(prediction === 'on' && {
      prewarm: {
        salt: seed,
        rng: seededRandom(seed + 1000),
        // Day 4 after 1 January 1970 was a Monday.
        slots: { wallOffsetMs: 4 * SLOTS_PER_DAY * SLOT_MS, slotMs: SLOT_MS, slotsPerDay: SLOTS_PER_DAY },
      },
    }),
  });
  return hits / reads;
}

function* daysOf(rng: () => Ratio): Generator<string> {
  const draw = zipf(KEYS, 0.9, rng);
  for (let i = 0; i < (DAYS * SLOTS_PER_DAY * SLOT_MS) / MS_PER_READ; i++) {
    const slot = Math.floor((i * MS_PER_READ) / SLOT_MS) % SLOTS_PER_DAY;
    const rank = draw();
    yield rank < HOT_KEYS ? `hot:${slot}x${rank}` : `cold:${rank}`;
  }
}
