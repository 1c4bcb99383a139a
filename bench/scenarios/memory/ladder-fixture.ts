// Test support: ladders made up from known costs, so that a test can require each of them to be
// found.

import type { Arm } from '../../contract/arms/arms.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { LadderPlan, LadderRecord, Rung } from '../../contract/ladder.ts';
import type { CompletedTrial, LadderTrial, SavedRun } from '../../contract/run-file.ts';
import { MIB, NS_PER_MS, NS_PER_S, NS_PER_US } from '../../contract/units.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';

/** Costs of one connection, in bytes unless the name has another unit. */
export interface LadderTruth {
  readonly ussBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Slabs of both its ends. */
  readonly slabBytes: number;
  readonly socketBytes: number;
  /** Memory in addition to `ussBytes` while it streams. */
  readonly garbageBytes: number;
  /** Memory that remains after it has ended. */
  readonly leftBytes: number;
  readonly clientBytes: number;
  readonly cpuNsPerToken: number;
  readonly idleCpuShare: number;
}

export const truth: LadderTruth = {
  ussBytes: 10_000,
  heapBytes: 6000,
  externalBytes: 200,
  slabBytes: 7000,
  socketBytes: 0,
  garbageBytes: 1500,
  leftBytes: 2000,
  clientBytes: 5000,
  cpuNsPerToken: 15 * NS_PER_US,
  idleCpuShare: 0.01,
};

export const fixtureLadderPlan: LadderPlan = {
  rungs: [500, 1000, 1500, 2000],
  downRungs: [1000, 0],
  opensPerSecond: 2000,
  streamNs: NS_PER_S,
  quietNs: 800 * NS_PER_MS,
  quietPerConnectionNs: 0.1 * NS_PER_MS,
};

const TOKENS_PER_SECOND = 5;

/** @param bend Additional bytes per connection for each thousand of them: 0 is a straight line. */
export function fixtureLadder(
  costs: LadderTruth,
  { bend = 0 }: { readonly bend?: number } = {},
): LadderRecord {
  const { rungs, downRungs } = fixtureLadderPlan;
  const top = rungs.at(-1) ?? 0;
  const rung = (connections: number, way: Rung['way']): Rung => {
    const leftBytes = way === 'down' ? (top - connections) * costs.leftBytes : 0;
    const bentBytes = (bend * connections ** 2) / 1000;
    const uss = 50 * MIB + connections * costs.ussBytes + leftBytes + bentBytes;
    const streams = way === 'up' && connections > 0;
    const streamingUss = uss + connections * costs.garbageBytes;
    return {
      connections,
      way,
      retained: {
        ...footprint(uss),
        heapUsedBytes: 20 * MIB + connections * costs.heapBytes,
        externalBytes: 10 * MIB + connections * costs.externalBytes,
        arrayBuffersBytes: 0,
      },
      ...(streams && { streaming: footprint(streamingUss), use: useOf(connections, costs) }),
      kernel: {
        slabBytes: MIB + connections * costs.slabBytes,
        socketBytes: connections * costs.socketBytes,
        tcpBytes: 0,
        sockets: 10 + 2 * connections,
      },
      client: footprint(100 * MIB + connections * costs.clientBytes),
    };
  };
  return {
    rungs: [
      rung(0, 'up'),
      ...rungs.map((count) => rung(count, 'up')),
      ...downRungs.map((count) => rung(count, 'down')),
    ],
  };
}

/** Shared pages, which are in PSS and RSS, do not grow. */
function footprint(ussBytes: number): { rssBytes: number; pssBytes: number; ussBytes: number } {
  return { ussBytes, pssBytes: ussBytes + 4 * MIB, rssBytes: ussBytes + 50 * MIB };
}

function useOf(connections: number, { cpuNsPerToken, idleCpuShare }: LadderTruth): Rung['use'] {
  const tokens = connections * TOKENS_PER_SECOND;
  return {
    wallNs: NS_PER_S,
    tokens,
    cpuNs: idleCpuShare * NS_PER_S + tokens * cpuNsPerToken,
    utilisation: 0.2,
  };
}

export interface LadderRunOptions extends Pick<FixtureOptions, 'blocks' | 'verdicts' | 'copy'> {
  /** The ladder of an arm, in place of that of `truth`. */
  readonly ladderOf: (transport: TransportId, block: number) => LadderRecord;
  /** Those of every made-up run when absent. */
  readonly arms?: readonly Arm[];
}

export function fixtureLadderRun({ ladderOf, arms, ...options }: LadderRunOptions): SavedRun {
  const loadPoint = { connections: 2000, span: 'ladder' } as const;
  const edit = (trial: CompletedTrial): LadderTrial => {
    const {
      missingStamps: _stamps,
      mostNegativeNs: _negative,
      steadiness: _steady,
      memory: _memory,
      tcp: _tcp,
      ...rest
    } = trial;
    const { openCounts: _open, calls: _calls, ...common } = rest;
    const ladder = ladderOf(trial.arm.transport, trial.block);
    return { ...common, outcome: 'ladder', loadPoint, distributions: {}, ladder };
  };
  const run = fixtureRun({
    ...options,
    burnInBlocks: 0,
    plan: {
      scenario: 'memory',
      ladder: fixtureLadderPlan,
      loadPoints: [loadPoint],
      ...(arms !== undefined && { arms: [...arms] }),
    },
    edit,
  });
  return run;
}
