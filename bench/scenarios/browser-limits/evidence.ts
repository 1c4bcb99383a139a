// What the limits of a browser answer claims: whether it opens more event streams to one origin over
// HTTP/2. A browser speaks that over TLS only, which limits nothing by itself.

import { armTitle } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { Answer, ScenarioEvidence } from '../../claims/claim-reading.ts';

const STREAMS = 'limits.streams';

export const browserLimitsEvidence: ScenarioEvidence = {
  'more-streams-than-http1': ({ loadPoints }) =>
    loadPoints.flatMap((point) =>
      eventStreams(point, 1).flatMap((one) =>
        eventStreams(point, 2).flatMap((two): readonly Answer[] => {
          const [few, many] = [one, two].map(({ name }) => valuesOf(point, name));
          // Each arm is measured once a block: as many values are as many blocks.
          if (few === undefined || many?.length !== few.length) return [];
          return [
            {
              loadPoint: point.loadPoint,
              condition: `${armTitle(two.arm)} against ${armTitle(one.arm)}, ${loadPointTitle(point.loadPoint)}`,
              endpoint: STREAMS,
              arms: [one.name, two.name],
              held: many.filter((value, block) => value > (few[block] ?? value)).length,
              of: many.length,
            },
          ];
        }),
      ),
    ),
};

function eventStreams({ arms }: LoadPointAnalysis, version: 1 | 2): LoadPointAnalysis['arms'] {
  return arms.filter(({ arm }) => {
    const { protocol, capabilities } = transports[arm.transport];
    return protocol === 'event-stream' && capabilities.http === version;
  });
}

/** Undefined where a trial has no value. */
function valuesOf({ summaries }: LoadPointAnalysis, name: string): readonly number[] | undefined {
  const values = summaries.find((one) => one.metric === STREAMS && one.arm === name)?.values ?? [];
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}
