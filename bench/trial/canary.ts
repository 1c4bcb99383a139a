// The canary's process beside a trial: it starts with the others, measures the server at rest and
// then in the window, and ends before the sockets of the streams are read.

import { answersPlainHttp } from '../contract/arms/arms.ts';
import { fromCanarySchema, type CanaryReadings, type FromCanary } from '../contract/canary.ts';
import type { TrialSpecification } from '../contract/messages.ts';
import { programPath } from '../contract/program.ts';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { Path } from '../path/path.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { Child } from './child-process.ts';
import { START_TIMEOUT_MS, type ProcessOptions } from './trial-processes.ts';

const canaryProgram = programPath(import.meta.url, '../../clients/canary');

export interface Canary extends AsyncDisposable {
  /** Call when the servers are rehearsed and idle; takes about two seconds. */
  readonly readIdle: (ports: readonly number[]) => Promise<void>;
  /**
   * Resolves at the end of the window, when the canary has closed its connections. Call as soon as
   * T0 is known.
   */
  readonly readWindow: (
    epochNs: bigint,
    specification: TrialSpecification,
  ) => Promise<CanaryReadings>;
}

interface CanaryOptions extends ProcessOptions {
  readonly plan: Pick<Plan, 'canary'>;
  readonly path: Pick<Path, 'serverHost' | 'withinClient'>;
  readonly signal: AbortSignal;
}

/**
 * Returns undefined when the plan has no canary, and for an arm that does not answer plain HTTP/1.1.
 */
export function startCanary(
  { arm, setup }: PlannedTrial,
  { plan, path, signal, verbose }: CanaryOptions,
): Canary | undefined {
  if (plan.canary === undefined || !answersPlainHttp(arm)) return undefined;
  const { requestsPerSecond } = plan.canary;
  const child = new Child<FromCanary>({
    name: 'canary',
    program: canaryProgram,
    schema: fromCanarySchema,
    environment: {},
    nodeArguments: [],
    // Not on the server's CPU: there the canary would take the very time that it measures.
    cpu: setup.clientCpu,
    within: path.withinClient,
    verbose,
  });
  return {
    readIdle: async (ports) => {
      child.send({ kind: 'read-idle', host: path.serverHost, ports, requestsPerSecond });
      await child.expect('idle', START_TIMEOUT_MS, signal);
    },
    readWindow: (epochNs, { warmupNs, windowNs }) => {
      const toNs = warmupNs + windowNs;
      child.send({ kind: 'read-window', epochNs: String(epochNs), fromNs: warmupNs, toNs });
      const readings = child.expect('readings', toNs / NS_PER_MS + START_TIMEOUT_MS, signal);
      // Awaited after the window; an early failure must not be an unhandled rejection until then.
      readings.catch(() => undefined);
      return readings;
    },
    [Symbol.asyncDispose]: async () => await child[Symbol.asyncDispose](),
  };
}
