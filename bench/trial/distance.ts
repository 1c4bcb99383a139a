// Puts the client at a distance: a load point that has a round trip is measured over the path that can
// add one.

import assert from 'node:assert/strict';
import { DEFAULT_PATH, pathNames, paths, type PathName } from '../contract/arms/paths.ts';
import type { PlannedTrial } from '../plan/trials.ts';

interface Distance {
  readonly path?: PathName | undefined;
  readonly roundTripNs?: number;
}

export function openDistance({ arm, loadPoint: { roundTripNs } }: PlannedTrial): Distance {
  if (roundTripNs === undefined) return {};
  const path = pathNames.find((name) => paths[name].usesRelay);
  assert(
    arm.path === DEFAULT_PATH || arm.path === path,
    'a plan has round trips only where no other path stands between',
  );
  return { path, roundTripNs };
}
