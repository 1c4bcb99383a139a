// What the report of scenario `memory` says besides its verdicts.

import type { ScenarioParts } from './parts.ts';

export const memoryParts: ScenarioParts = {
  sections: () => [],
  charts: () => [],
};
