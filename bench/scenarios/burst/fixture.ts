// A made-up run of scenario `burst` for the tests of this folder: write calls as the
// implementations make them, processor times that cross over between one and two tokens. Its
// numbers come from no measurement.

import { analyse } from '../../analysis/analyse.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { burstReading } from './reading.ts';

const tokenCounts = [1, 2, 5, 10] as const;

/** Shares of the CPU time that the fixture's server needs for a token, by tokens at once. */
const cpuShares: Partial<Record<TransportId, readonly number[]>> = {
  sse: [1.2, 0.95, 0.7, 0.58],
  ws: [1.08, 1.05, 0.97, 0.92],
  tcp: [0.9, 0.85, 0.82, 0.8],
};

function asBurst(trial: CompletedTrial): CompletedTrial {
  const { transport } = trial.arm;
  const tokensPerTick = trial.loadPoint.tokensPerTick ?? 1;
  const share =
    cpuShares[transport]?.[tokenCounts.findIndex((count) => count === tokensPerTick)] ?? 1;
  const { server, client, calls, tcp } = trial;
  const writes = transport === 'sse' ? server.windowTokens / tokensPerTick : server.windowTokens;
  const segments = (trial.openCounts.before.tokens * writes) / server.windowTokens;
  return {
    ...trial,
    server: {
      ...server,
      use: {
        ...server.use,
        cpuUserNs: server.use.cpuUserNs * share,
        cpuSystemNs: server.use.cpuSystemNs * share,
      },
    },
    client: {
      ...client,
      tokenReads: Math.round(
        client.tokensReceived /
          (transport === 'sse' ? tokensPerTick : 1 + 0.1 * (tokensPerTick - 1)),
      ),
    },
    ...(calls !== undefined && { calls: { ...calls, serverWrites: writes } }),
    ...(tcp !== undefined && {
      tcp: { ...tcp, segmentsOut: segments, segmentsIn: segments, dataSegmentsOut: segments },
    }),
  };
}

export function burstAnalysis(
  options: Pick<FixtureOptions, 'noise' | 'verdicts' | 'blocks' | 'copy'> = {},
): Analysis {
  const run = fixtureRun({
    transports: ['sse', 'ws', 'tcp'],
    connections: [200],
    plan: {
      scenario: 'burst',
      loadPoints: tokenCounts.map((tokensPerTick) => ({ connections: 200, tokensPerTick })),
      ...(options.verdicts !== undefined && { verdicts: options.verdicts }),
    },
    edit: asBurst,
    command: 'streamduel run burst --transports sse,ws,tcp --seed 1',
    ...options,
  });
  return analyse(run, burstReading);
}
