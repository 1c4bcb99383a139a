// Renders the difference that this run found between two equal arms: no verdict can be finer than
// that.
import { loadPointTitle } from '../../contract/load-point.ts';

import { flow, list, type Block } from '../blocks.ts';
import { claimsSentence, noiseFloorTables, noiseFloorTable } from '../noise-floor.ts';
import { armTitleOf } from '../report-context.ts';
import type { RunReport } from '../scenario-parts.ts';

/** Empty without an A/A pair. */
export function renderNoiseFloor(context: RunReport): readonly Block[] {
  const { analysis } = context;
  const { baseline, copy } = analysis;
  if (copy === undefined) return [];
  const tables = noiseFloorTables(context).map((points) => {
    const floors = noiseFloorTable(context, points);
    const titles =
      points.length === 1 ? points.map(({ loadPoint }) => `**${loadPointTitle(loadPoint)}**`) : [];
    return [
      titles,
      floors.rows.length === 0 ? 'Not measured: one of the two arms is INVALID here.' : floors,
    ];
  });
  const claims = claimsSentence(analysis);
  return flow([
    `${armTitleOf(analysis, baseline)} was measured twice in every block, under two names and through the same plumbing (an A/A pair): whatever the two differ by is noise.`,
    ...tables,
    list([
      ...(claims === undefined ? [] : [claims]),
      'An endpoint on which equal arms differ is not resolvable; nor is one whose half-width exceeds its margin, as a ratio and in absolute size.',
    ]),
  ]);
}
