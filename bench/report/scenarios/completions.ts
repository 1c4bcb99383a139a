// What the report of scenario `completions` says besides its verdicts.

import type { ScenarioParts } from './parts.ts';

export const completionsParts: ScenarioParts = {
  sections: () => [],
  charts: () => [],
};
