// The report parts of every scenario.

import type { Analysis } from '../analysis/analysis.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import type { RunReport, ScenarioParts } from '../report/scenario-parts.ts';
import { browserLimitsParts } from './browser-limits/parts.ts';
import { burstParts } from './burst/parts.ts';
import { cancelParts } from './cancel/parts.ts';
import { capacityParts } from './capacity/parts.ts';
import { completionsParts } from './completions/parts.ts';
import { connectParts } from './connect/parts.ts';
import { fanoutParts } from './fanout/parts.ts';
import { headOfLineParts } from './head-of-line/parts.ts';
import { matrixParts } from './matrix/parts.ts';
import { memoryParts } from './memory/parts.ts';
import { proxiesParts } from './proxies/parts.ts';
import { slowReaderParts } from './slow-reader/parts.ts';
import { readings } from './readings.ts';
import { herdParts, reconnectParts } from './recovery/parts.ts';
import { steerParts } from './steer/parts.ts';
import { streamParts } from './stream/parts.ts';
import { voiceParts } from './voice/parts.ts';
import { targetParts } from './own-servers/parts.ts';
import { turnsParts } from './turns/parts.ts';

export const parts: Readonly<Record<ScenarioId, ScenarioParts>> = {
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
  matrix: matrixParts,
  'own-servers': targetParts,
  'head-of-line': headOfLineParts,
  proxies: proxiesParts,
  voice: voiceParts,
  turns: turnsParts,
  cancel: cancelParts,
  steer: steerParts,
};

/** An analysis with everything that its report needs. */
export function reportOf(analysis: Analysis): RunReport {
  const { plan } = analysis;
  return {
    analysis,
    metrics: metricsOfPlan(readings[plan.scenario], plan),
    parts: parts[plan.scenario],
  };
}
