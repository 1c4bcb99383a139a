// Converts the measurements of a trial of inputs into the saved record, gates judged.

import { transports } from '../../../contract/arms/transports.ts';
import type { Plan, SteersTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkSteerGates } from './gates.ts';
import { joinSteers } from './join-steers.ts';
import type { MeasuredSteers } from './measured.ts';

export function recordSteers(
  planned: PlannedTrial,
  measured: MeasuredSteers,
  { lanes = 1 }: Pick<Plan, 'lanes'>,
): SteersTrial {
  const { client, server, relay } = measured;
  const { roundTripNs } = planned.loadPoint;
  const { cells, strays } = joinSteers(
    client.streams,
    server.steers ?? [],
    transports[planned.arm.transport].stops,
  );
  return {
    ...recordOf(planned, measured),
    outcome: 'steers',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    steers: {
      cells: [...cells],
      client: { node: client.node, use: client.use },
      ...(roundTripNs !== undefined &&
        relay?.heldP50Ns !== undefined && { heldP50Ns: relay.heldP50Ns }),
    },
    gates: checkSteerGates(measured, { cells, strays, roundTripNs, hasNeighbours: lanes > 1 }),
    warnings: [],
  };
}
