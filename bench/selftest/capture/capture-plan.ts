// Plans the trials of a capture. By default the load is so low that no queue forms, and only the
// path itself is measured.

import type { TransportId } from '../../contract/arms/transports.ts';
import type { PayloadName } from '../../contract/payload.ts';
import type { Plan } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { buildPlan } from '../../plan/build-plan.ts';

export interface CaptureOptions {
  readonly transports?: readonly TransportId[];
  readonly connections?: number;
  readonly tokensPerSecond?: number;
  readonly warmupNs?: number;
  readonly windowNs?: number;
  readonly payload?: PayloadName;
  readonly seed?: number;
  /** Server and client bound to one CPU each; needs two CPUs and taskset. */
  readonly pin?: boolean;
  readonly signal?: AbortSignal;
  /** Called before each trial. */
  readonly onTrial?: (trial: {
    readonly transport: TransportId;
    readonly isCaptured: boolean;
  }) => void;
}

const defaults = {
  transports: ['sse', 'ws'],
  connections: 20,
  tokensPerSecond: 50,
  warmupNs: NS_PER_S,
  windowNs: 4 * NS_PER_S,
  payload: 'lean',
  seed: 1,
  pin: false,
} as const satisfies CaptureOptions;

/** Plans one block. @throws BenchError USAGE for an impossible load. */
export async function planCapture(options: CaptureOptions): Promise<Plan> {
  const chosen = { ...defaults, ...options };
  const flags = {
    preset: 'smoke',
    blocks: '1',
    transports: chosen.transports.join(','),
    connections: String(chosen.connections),
    rate: String(chosen.tokensPerSecond),
    warmup: `${chosen.warmupNs / NS_PER_MS}ms`,
    duration: `${chosen.windowNs / NS_PER_MS}ms`,
    payload: chosen.payload,
    seed: String(chosen.seed),
    pin: chosen.pin,
  };
  const { plan } = await buildPlan([], flags, {
    randomSeed: () => chosen.seed,
    canPin: chosen.pin,
  });
  return plan;
}
