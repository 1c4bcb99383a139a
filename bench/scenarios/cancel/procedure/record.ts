// Converts the measurements of a trial of stops into the saved record, gates judged.

import { transports } from '../../../contract/arms/transports.ts';
import type { Plan, StopsTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkStopGates } from './gates.ts';
import { joinStops } from './join-stops.ts';
import type { MeasuredStops } from './measure.ts';

export function recordStops(
  planned: PlannedTrial,
  measured: MeasuredStops,
  { lanes = 1 }: Pick<Plan, 'lanes'>,
): StopsTrial {
  const { client, server, relay, specification } = measured;
  const { roundTripNs } = planned.loadPoint;
  const { cells, tokenGaps } = joinStops(client.streams, server.stops ?? [], {
    endNs: specification.warmupNs + specification.windowNs,
    ways: transports[planned.arm.transport].stops,
  });
  return {
    ...recordOf(planned, measured),
    outcome: 'stops',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    stops: {
      cells: [...cells],
      client: { node: client.node, use: client.use },
      ...(roundTripNs !== undefined &&
        relay?.heldP50Ns !== undefined && { heldP50Ns: relay.heldP50Ns }),
    },
    gates: checkStopGates(measured, { cells, tokenGaps, roundTripNs, hasNeighbours: lanes > 1 }),
    warnings: [],
  };
}
