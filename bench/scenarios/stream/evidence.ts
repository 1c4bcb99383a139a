// What steady streams in a page answer claims: in how many trials a token is in the page at once.

import { armTitle } from '../../contract/arms/arms.ts';
import { isBrowser } from '../../contract/arms/stacks.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import type { Answer, ScenarioEvidence } from '../../claims/claim-reading.ts';

/** One picture of a screen of 60 Hz. */
const PICTURE_NS = 16 * NS_PER_MS;

const DUE_TO_DOM = 'append.p50';

export const streamEvidence: ScenarioEvidence = {
  'token-soon-on-page': ({ loadPoints }) =>
    loadPoints.flatMap(({ loadPoint, arms, summaries }) =>
      arms
        .filter(({ arm }) => isBrowser(arm.client))
        .map(({ name, arm }): Answer => {
          const values =
            summaries.find((one) => one.metric === DUE_TO_DOM && one.arm === name)?.values ?? [];
          const known = values.filter((value) => value !== undefined);
          return {
            loadPoint,
            condition: `${loadPointTitle(loadPoint)}, ${armTitle(arm)}`,
            endpoint: DUE_TO_DOM,
            arms: [name],
            held: known.filter((value) => value <= PICTURE_NS).length,
            of: known.length,
          };
        }),
    ),
};
