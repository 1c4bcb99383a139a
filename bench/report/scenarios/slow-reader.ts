// What the report of scenario `slow-reader` says besides its verdicts.

import type { ScenarioParts } from './parts.ts';

export const slowReaderParts: ScenarioParts = {
  sections: () => [],
  charts: () => [],
};
