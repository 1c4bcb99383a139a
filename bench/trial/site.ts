// A site is where the processes of trials run: as children on this machine, or on other machines through
// agents.

import type { PathName } from '../contract/arms/paths.ts';
import type { AgentsRecord } from '../contract/agents.ts';
import type { ClockBound, ClockProof } from '../contract/clock-proof.ts';
import type { FromClient, FromServer } from '../contract/messages.ts';
import type { ClientTally, ServerTally } from '../contract/tally.ts';
import { openPath } from '../path/open-path.ts';
import type { Path, PathOptions } from '../path/path.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { localReader, type MachineReader, type WindowClock } from './machine-reader.ts';
import type { ProcessGroup } from './process-group.ts';
import { checkClock, START_LEAD_NS } from './trial-moments.ts';
import { startChildren, type ChildCounts, type GroupSetUp } from './trial-processes.ts';

export interface TrialGroups {
  readonly servers: ProcessGroup<FromServer>;
  readonly clients: ProcessGroup<FromClient>;
}

export interface ReadyTrial extends TrialGroups {
  readonly path: Path;
  readonly ready: readonly Extract<FromClient, { kind: 'ready' }>[];
  /** By the time namespaces of the other ends of the clock proofs. */
  readonly timeNamespaces: readonly string[];
  /** End of the window, ns since T0: until then no load process ends. */
  readonly windowEndNs: number;
}

/** The counts of the processes, one each, in their order. */
export interface CountedTrial {
  readonly servers: readonly ServerTally[];
  /** Tallies of the procedure; those of steady streams have these counts. */
  readonly clients: readonly Partial<ClientTally>[];
  readonly clocks: readonly ClockBound[];
}

export interface ProvenTrial {
  readonly clock: ClockProof;
  readonly agents?: AgentsRecord;
  /** Tracers on other machines; absent for a trial on this one. */
  readonly tracers?: readonly string[];
}

/** A trial whose processes have agreed on T0. */
export interface StartedSite {
  /** T0 on the monotonic clock of this process. */
  readonly epochNs: bigint;
  /** Call once, when all tallies are in and before stamps are read. */
  readonly prove: (counted: CountedTrial) => Promise<ProvenTrial>;
}

export interface SiteTrial {
  readonly openPath: (name: PathName, options: PathOptions) => Promise<Path>;
  readonly startProcesses: (
    planned: PlannedTrial,
    setUp: GroupSetUp,
    counts: ChildCounts,
  ) => Promise<TrialGroups>;
  /** Address of the `index`-th server, for both ends; undefined for that of the path. */
  readonly hostOf: (index: number) => string | undefined;
  readonly reader: (
    trial: TrialGroups & { readonly path: Path },
    clock: WindowClock,
  ) => MachineReader;
  /** Tells all processes to start. @throws BenchError CLOCK */
  readonly start: (trial: ReadyTrial) => Promise<StartedSite>;
}

/** Opens a trial there. @throws BenchError when it has no room for one any more */
export type TrialSite = (planned: PlannedTrial) => Promise<SiteTrial>;

/** The children of this process. */
export const localSite: TrialSite = () =>
  Promise.resolve({
    openPath,
    startProcesses: (planned, setUp, counts) =>
      Promise.resolve(startChildren(planned, setUp, counts)),
    hostOf: () => undefined,
    reader: ({ servers, clients, path }, clock) =>
      localReader({
        ...clock,
        pids: { servers: servers.pids, clients: clients.pids },
        between: path.pids,
        withinServer: path.withinServer,
      }),
    start: ({ servers, clients, ready, timeNamespaces }) => {
      for (const { clock } of ready) checkClock(clock);
      const epochNs = process.hrtime.bigint() + BigInt(START_LEAD_NS);
      const start = { kind: 'start', epochNs: String(epochNs) };
      for (const group of [servers, clients]) group.send(start);
      const sameTimeNamespace = ready.every(
        ({ timeNamespace: own }, index) => own === timeNamespaces[index % timeNamespaces.length],
      );
      return Promise.resolve({
        epochNs,
        prove: ({ clocks }) =>
          Promise.resolve({
            clock: {
              before: loosest(ready.map(({ clock }) => clock)),
              after: loosest(clocks),
              sameTimeNamespace,
            },
          }),
      });
    },
  });

/** The bound that holds for all of them. */
function loosest(bounds: readonly ClockBound[]): ClockBound {
  return {
    exchanges: Math.min(...bounds.map(({ exchanges }) => exchanges)),
    violations: bounds.reduce((sum, { violations }) => sum + violations, 0),
    lowNs: Math.min(...bounds.map(({ lowNs }) => lowNs)),
    highNs: Math.max(...bounds.map(({ highNs }) => highNs)),
  };
}
