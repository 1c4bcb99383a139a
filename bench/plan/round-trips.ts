// Distances between client and server at which a scenario measures.

import { DEFAULT_PATH, paths } from '../contract/arms/paths.ts';
import type { LoadPoint, Plan } from '../contract/run-file.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { PresetName } from './presets.ts';

const NONE = {};
const NEAR = { roundTripNs: 20 * NS_PER_MS };
const FAR = { roundTripNs: 80 * NS_PER_MS };

/** Between processes of one host, of one continent, and of two. */
const ALL = [NONE, NEAR, FAR];

/** All between is in proportion, so that the two ends say it. */
const ENDS = [NONE, FAR];

const distances: Readonly<Record<PresetName, readonly Pick<LoadPoint, 'roundTripNs'>[]>> = {
  smoke: ENDS,
  quick: ENDS,
  standard: ALL,
  publication: ALL,
};

/**
 * The same numbers of streams at each distance. None is added where something else than the relay
 * stands between: one path cannot be both.
 */
export function atDistances(
  connections: readonly number[],
  preset: PresetName,
  arms: Plan['arms'],
): readonly LoadPoint[] {
  const canAdd = arms.every(({ path }) => path === DEFAULT_PATH || paths[path].usesRelay);
  return connections.flatMap((count) =>
    (canAdd ? distances[preset] : [NONE]).map((distance) =>
      Object.assign({ connections: count, isOfStreams: true } as const, distance),
    ),
  );
}
