// Presets: named sets of defaults for the amount of measuring, from seconds to hours. Flags
// override single values.

import type { TransportId } from '../contract/arms/transports.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';

export interface Preset {
  readonly summary: string;
  readonly transports: readonly TransportId[];
  readonly connections: readonly number[];
  /**
   * Shares of the weaker arm's capacity, found by a pilot unless --connections sets the number of
   * streams.
   */
  readonly loads?: readonly number[];
  /**
   * Rate of each stream at such loads: as many tokens need fewer connections, so that opening them
   * is no storm before the window.
   */
  readonly loadTokensPerSecond?: number;
  readonly blocks: number;
  readonly burnInBlocks: number;
  readonly warmupNs: number;
  readonly windowNs: number;
  readonly drainNs: number;
  /** Pause between trials, besides waiting for the kernel to forget old connections. */
  readonly cooldownNs: number;
  /** Whether its trials are long and many enough for a verdict. */
  readonly verdicts: boolean;
  /** Whether blocks that the machine disturbed are repeated by default; never without verdicts. */
  readonly rerun: boolean;
}

const DRAIN_NS = 5 * NS_PER_S;

export const presets = {
  smoke: {
    summary: 'does it work at all: a few seconds, no verdicts',
    transports: ['sse', 'ws'],
    connections: [50],
    blocks: 2,
    burnInBlocks: 0,
    warmupNs: 500 * NS_PER_MS,
    windowNs: 1 * NS_PER_S,
    drainNs: DRAIN_NS,
    cooldownNs: 0,
    verdicts: false,
    rerun: false,
  },
  quick: {
    summary:
      'a first answer in under two minutes: short paired trials at 10 and 50 % of what the weaker arm carries',
    transports: ['sse', 'ws'],
    connections: [200],
    loads: [0.1, 0.5],
    loadTokensPerSecond: 50,
    blocks: 9,
    // The pilot warms the machine up.
    burnInBlocks: 0,
    warmupNs: 500 * NS_PER_MS,
    windowNs: 1 * NS_PER_S,
    drainNs: DRAIN_NS,
    cooldownNs: 0,
    verdicts: true,
    // Two more blocks would exceed the two minutes of this preset; the report says how many were
    // disturbed.
    rerun: false,
  },
  standard: {
    summary:
      'about twenty minutes, with the null arm, at 10, 50 and 70 % of what the weaker arm carries: for decisions',
    transports: ['sse', 'ws', 'tcp'],
    connections: [200],
    loads: [0.1, 0.5, 0.7],
    loadTokensPerSecond: 50,
    blocks: 12,
    burnInBlocks: 1,
    warmupNs: 4 * NS_PER_S,
    windowNs: 5 * NS_PER_S,
    drainNs: DRAIN_NS,
    cooldownNs: 0,
    verdicts: true,
    rerun: true,
  },
  publication: {
    summary:
      'about forty minutes a load point: for numbers that others will quote; repeat it at three different times',
    transports: ['sse', 'ws', 'tcp'],
    connections: [200],
    loads: [0.1, 0.5, 0.7],
    loadTokensPerSecond: 50,
    blocks: 20,
    burnInBlocks: 1,
    warmupNs: 5 * NS_PER_S,
    windowNs: 30 * NS_PER_S,
    drainNs: DRAIN_NS,
    cooldownNs: 500 * NS_PER_MS,
    verdicts: true,
    rerun: true,
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];
