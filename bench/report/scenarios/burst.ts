// What the report of scenario `burst` says besides its verdicts.

import type { ScenarioParts } from './parts.ts';

export const burstParts: ScenarioParts = {
  sections: () => [],
  charts: () => [],
};
