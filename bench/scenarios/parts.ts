// What each scenario adds to a report.

import type { Analysis } from '../analysis/analysis.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import type { RunReport, ScenarioParts } from '../report/scenario-parts.ts';
import { browserLimitsParts } from '../report/scenarios/browser-limits.ts';
import { burstParts } from '../report/scenarios/burst.ts';
import { capacityParts } from '../report/scenarios/capacity.ts';
import { completionsParts } from '../report/scenarios/completions.ts';
import { connectParts } from '../report/scenarios/connect.ts';
import { fanoutParts } from '../report/scenarios/fanout.ts';
import { memoryParts } from '../report/scenarios/memory.ts';
import { slowReaderParts } from '../report/scenarios/slow-reader.ts';
import { readings } from './readings.ts';
import { herdParts, reconnectParts } from './recovery/parts.ts';
import { streamParts } from './stream/parts.ts';

const parts: Readonly<Record<ScenarioId, ScenarioParts>> = {
  stream: streamParts,
  reconnect: reconnectParts,
  herd: herdParts,
  memory: memoryParts,
  capacity: capacityParts,
  connect: connectParts,
  fanout: fanoutParts,
  'slow-reader': slowReaderParts,
  burst: burstParts,
  completions: completionsParts,
  'browser-limits': browserLimitsParts,
};

/** An analysis with everything that its report needs. */
export function reportOf(analysis: Analysis): RunReport {
  const { plan } = analysis;
  return { analysis, metrics: metricsOfPlan(readings[plan.scenario], plan), parts: parts[plan.scenario] };
}
