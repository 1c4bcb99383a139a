// Maps each scenario to the parts that it adds to a report; the rest of a report is the same for all of them.

import type { Analysis } from '../analysis/analysis.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import { browserLimitsParts } from './scenarios/browser-limits.ts';
import { burstParts } from './scenarios/burst.ts';
import { capacityParts } from './scenarios/capacity.ts';
import { completionsParts } from './scenarios/completions.ts';
import { connectParts } from './scenarios/connect.ts';
import { fanoutParts } from './scenarios/fanout.ts';
import { memoryParts } from './scenarios/memory.ts';
import { slowReaderParts } from './scenarios/slow-reader.ts';
import type { ScenarioParts } from './scenarios/parts.ts';

const parts: Partial<Record<ScenarioId, ScenarioParts>> = {
  memory: memoryParts,
  capacity: capacityParts,
  connect: connectParts,
  fanout: fanoutParts,
  'slow-reader': slowReaderParts,
  burst: burstParts,
  completions: completionsParts,
  'browser-limits': browserLimitsParts,
};

/** undefined for steady streams, and for scenarios with fault injection. */
export function partsOf({ plan }: Pick<Analysis, 'plan'>): ScenarioParts | undefined {
  return parts[plan.scenario];
}
