// The runs that claims need, each measured once for all of them: a scenario, and what differs from
// its usual flags.

import type { ScenarioId } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { PresetName } from '../plan/presets.ts';

interface ClaimRunPlan {
  readonly scenario: ScenarioId;
  readonly flags?: RunFlags;
  /**
   * These flags differ from the preset’s: more blocks, since what is counted in trials needs six that
   * agree before chance is excluded; in `quick`, nothing that no claim reads.
   */
  readonly presets?: { readonly [Preset in PresetName]?: RunFlags };
  /** Why a preset does not measure it. */
  readonly leftOut?: { readonly [Preset in PresetName]?: string };
  /** Measured only where servers are named. */
  readonly needsTarget?: true;
}

/** Six trials that agree give an exact interval of their share that excludes one half. */
const LEAST = { blocks: '6' } as const;

/** Each way to lose a connection or what the server knew; the others of `reconnect` are variants. */
const QUICK_FAULTS = 'graceful-close,reset,kill,drain,blackhole,idle-cut,unavailable,lost-state';

/** By the names of their folders, in the order of measurement. */
const plans = {
  stream: { scenario: 'stream' },
  'stream-openai': {
    scenario: 'stream',
    flags: { payload: 'openai', connections: '100' },
    // Only its bytes are read, which are counted: three blocks that agree.
    presets: { quick: { blocks: '3' } },
  },
  page: {
    scenario: 'stream',
    flags: { client: 'browser' },
    presets: { quick: { ...LEAST, transports: 'sse,ws' } },
  },
  matrix: {
    scenario: 'matrix',
    // The arms that claims read: fewer comparisons need one block less than all.
    presets: {
      quick: {
        transports: 'sse,sse-post,sse-h2:100,sse-gzip,ws,ws-deflate,ws-mux:100',
        blocks: '11',
      },
    },
  },
  'matrix-audio': {
    scenario: 'matrix',
    flags: { payload: 'audio', transports: 'sse,ws,ws-binary' },
    presets: { quick: { blocks: '9' } },
  },
  memory: { scenario: 'memory', presets: { quick: { connections: '500,1000,2000' } } },
  capacity: {
    scenario: 'capacity',
    // Its seven blocks could not decide beside the two other runs that bear on S4.
    leftOut: { quick: 'preset quick has no time for as many blocks as would decide' },
  },
  connect: { scenario: 'connect' },
  'slow-reader': { scenario: 'slow-reader' },
  'head-of-line': {
    scenario: 'head-of-line',
    presets: { quick: { transports: 'ws,sse-h2:6,ws-mux:6' } },
  },
  cancel: { scenario: 'cancel' },
  turns: { scenario: 'turns' },
  steer: { scenario: 'steer' },
  voice: { scenario: 'voice' },
  reconnect: {
    scenario: 'reconnect',
    flags: { policy: 'both' },
    presets: { quick: { ...LEAST, policy: 'as-specified', faults: QUICK_FAULTS } },
  },
  herd: {
    scenario: 'herd',
    presets: { quick: { ...LEAST, policy: 'as-specified' } },
  },
  proxies: { scenario: 'proxies', presets: { standard: LEAST, publication: LEAST } },
  'browser-limits': {
    scenario: 'browser-limits',
    presets: {
      quick: { ...LEAST, transports: 'sse,sse-h2', connections: '100' },
      standard: LEAST,
      publication: LEAST,
    },
  },
  targets: { scenario: 'own-servers', needsTarget: true },
} as const satisfies Record<string, ClaimRunPlan>;

export type ClaimRunId = keyof typeof plans;

export const claimRuns: Readonly<Record<ClaimRunId, ClaimRunPlan>> = plans;

export const claimRunIds = Object.keys(plans) as ClaimRunId[];

/** `streamduel run herd`: the command that measures it alone. */
export function runCommand({ scenario, flags = {}, needsTarget }: ClaimRunPlan): string {
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return ['streamduel run', ...(needsTarget === true ? ['--target …'] : [scenario]), ...words].join(
    ' ',
  );
}
