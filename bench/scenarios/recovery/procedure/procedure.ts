// Procedure `fault`: streams outlive their connections, and a fault is injected while they run.

import assert from 'node:assert/strict';
import { BenchError } from '../../../contract/errors.ts';
import { faultOf, type Fault, type FaultAction } from '../../../contract/faults.ts';
import type { FaultedTrial, Plan } from '../../../contract/run-file.ts';
import { DEFAULT_PATH, paths, type PathName } from '../../../contract/arms/paths.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { measureFault, type FaultReadings } from './measure.ts';
import { recordFault } from './record.ts';
import { specifyFault } from './specification.ts';

/** @param faultFor Gives the fault of a trial; another than the load point's only in tests. */
export function injecting(
  faultFor: (planned: PlannedTrial, plan: Plan) => Fault,
): Procedure<'recovery-tally', FaultReadings, FaultedTrial> {
  return {
    id: 'fault',
    tally: 'recovery-tally',
    specify: (planned, options) => specifyFault(planned, faultFor(planned, options.plan), options),
    opening: (planned, plan) => {
      const { action, quietNs } = faultFor(planned, plan);
      return {
        path: pathFor(action, planned.arm.path),
        pathFault:
          'relay' in action
            ? { action: action.relay, atNs: plan.warmupNs + plan.windowNs }
            : undefined,
        standby: endsServer(action) ? { keepsState: action.keepsState } : undefined,
        // Fault times are on this process's clock; a server may have ended by then, and its clock
        // echo with it.
        provesOwnClock: true,
        extraNs: quietNs,
      };
    },
    measure: async (trial, plan) => await measureFault(trial, faultFor(trial.planned, plan)),
    record: recordFault,
  };
}

export const runner = runnerOf(injecting(plannedFault));

function plannedFault({ loadPoint }: PlannedTrial, { recovery }: Plan): Fault {
  assert(
    loadPoint.fault !== undefined && recovery !== undefined,
    'a trial of this procedure has a fault',
  );
  return faultOf(loadPoint.fault, recovery.longOutageNs);
}

type EndsServer = Extract<FaultAction, { keepsState: boolean }>;

function endsServer(action: FaultAction): action is EndsServer {
  return action.by === 'process' && action.signal !== 'SIGSTOP';
}

/**
 * The path that the fault needs, or else the arm's. @throws BenchError USAGE when there cannot be
 * both
 */
function pathFor(action: FaultAction, ofArm: PathName): PathName {
  const needed = {
    relay: 'relay',
    network: 'netns',
    server: undefined,
    process: undefined,
    client: undefined,
  } as const;
  const own = needed[action.by];
  if (own !== undefined && own !== ofArm && ofArm !== DEFAULT_PATH)
    throw new BenchError(
      'USAGE',
      `this fault needs path ${own}, so there can be no path ${ofArm} besides`,
      {
        hint: 'leave out --path: each fault takes the path that it needs',
      },
    );
  if (endsServer(action) && !paths[ofArm].isOnHost)
    throw new BenchError(
      'USAGE',
      'a fault that ends the server cannot be measured over path netns: the clock is proved against that server',
      {
        hint: 'leave out --path, or choose relay',
      },
    );
  return own ?? ofArm;
}
