// What the report of scenario `fanout` says besides its verdicts.

import type { ScenarioParts } from './parts.ts';

export const fanoutParts: ScenarioParts = {
  sections: () => [],
  charts: () => [],
};
