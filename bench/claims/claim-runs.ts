// The runs that claims need, each measured once for all of them: a scenario, and what differs from
// its usual flags.

import type { ScenarioId } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { PresetName } from '../plan/presets.ts';

interface ClaimRunPlan {
  readonly scenario: ScenarioId;
  readonly flags?: RunFlags;
  /**
   * Blocks where the preset has too few: what is counted in trials needs six that agree before
   * chance is excluded.
   */
  readonly blocks?: { readonly [Preset in PresetName]?: string };
  /** Measured only where servers are named. */
  readonly needsTarget?: true;
}

const LEAST_TRIALS = '6';

/** By the names of their folders, in the order of measurement. */
const plans = {
  stream: { scenario: 'stream' },
  'stream-openai': { scenario: 'stream', flags: { payload: 'openai', connections: '100' } },
  page: { scenario: 'stream', flags: { client: 'browser' } },
  matrix: { scenario: 'matrix' },
  'matrix-audio': {
    scenario: 'matrix',
    flags: { payload: 'audio', transports: 'sse,ws,ws-binary' },
  },
  memory: { scenario: 'memory' },
  capacity: { scenario: 'capacity' },
  connect: { scenario: 'connect' },
  'slow-reader': { scenario: 'slow-reader' },
  'head-of-line': { scenario: 'head-of-line' },
  cancel: { scenario: 'cancel' },
  turns: { scenario: 'turns' },
  steer: { scenario: 'steer' },
  voice: { scenario: 'voice' },
  reconnect: {
    scenario: 'reconnect',
    flags: { policy: 'both' },
    blocks: { quick: LEAST_TRIALS },
  },
  herd: { scenario: 'herd', blocks: { quick: LEAST_TRIALS } },
  proxies: { scenario: 'proxies', blocks: { standard: LEAST_TRIALS, publication: LEAST_TRIALS } },
  'browser-limits': {
    scenario: 'browser-limits',
    blocks: { quick: LEAST_TRIALS, standard: LEAST_TRIALS, publication: LEAST_TRIALS },
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
