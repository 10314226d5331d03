import type { Millis } from 'l1-cache';

export type ProfileName = 'quick' | 'standard' | 'full';

/** How much a run measures. A profile sets time, never method. */
export interface Profile {
  readonly ratePerSecond: number;
  /** Interleaved rounds; each has one block of every scenario. */
  readonly rounds: number;
  readonly blockMs: Millis;
  /** Longest warm-up of one scenario. */
  readonly warmUpLimitMs: Millis;
  /** How long each scenario is driven, deployed alone, before its memory is read. */
  readonly memoryFillMs: Millis;
  /** Memory is read in one pod of so many, replaced by a fresh one for each scenario; 1 is every pod. */
  readonly memoryEveryPods: number;
}

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  // Sized so that four scenarios end within three minutes on two quiet cores.
  quick: {
    ratePerSecond: 150,
    rounds: 8,
    blockMs: 1_800,
    warmUpLimitMs: 8_000,
    memoryFillMs: 2_000,
    memoryEveryPods: 5,
  },
  standard: {
    ratePerSecond: 150,
    rounds: 12,
    blockMs: 4_000,
    warmUpLimitMs: 25_000,
    memoryFillMs: 15_000,
    memoryEveryPods: 1,
  },
  full: {
    ratePerSecond: 150,
    rounds: 40,
    blockMs: 10_000,
    warmUpLimitMs: 60_000,
    memoryFillMs: 60_000,
    memoryEveryPods: 1,
  },
};
