// What the report of scenario `capacity` says besides its verdicts.

import type { ScenarioParts } from './parts.ts';

export const capacityParts: ScenarioParts = {
  sections: () => [],
  charts: () => [],
};
