// What the report of scenario `connect` says besides its verdicts.

import type { ScenarioParts } from './parts.ts';

export const connectParts: ScenarioParts = {
  sections: () => [],
  charts: () => [],
};
