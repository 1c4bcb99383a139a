// The reading of each scenario: what makes an analysis of its saved run.

import type { Analysis } from '../analysis/analysis.ts';
import { analyse } from '../analysis/analyse.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import type { ScenarioReading } from '../analysis/scenario-reading.ts';
import type { SavedRun, ScenarioId } from '../contract/run-file.ts';
import { browserLimitsReading } from './browser-limits/reading.ts';
import { burstReading } from './burst/reading.ts';
import { cancelReading } from './cancel/reading.ts';
import { capacityReading } from './capacity/reading.ts';
import { completionsReading } from './completions/reading.ts';
import { connectReading } from './connect/reading.ts';
import { fanoutReading } from './fanout/reading.ts';
import { headOfLineReading } from './head-of-line/reading.ts';
import { matrixReading } from './matrix/reading.ts';
import { memoryReading } from './memory/reading.ts';
import { proxiesReading } from './proxies/reading.ts';
import { recoveryReading } from './recovery/reading.ts';
import { slowReaderReading } from './slow-reader/reading.ts';
import { steerReading } from './steer/reading.ts';
import { streamReading } from './stream/reading.ts';
import { voiceReading } from './voice/reading.ts';
import { targetReading } from './own-servers/reading.ts';
import { turnsReading } from './turns/reading.ts';

export const readings: Readonly<Record<ScenarioId, ScenarioReading>> = {
  stream: streamReading,
  reconnect: recoveryReading,
  herd: recoveryReading,
  memory: memoryReading,
  capacity: capacityReading,
  connect: connectReading,
  fanout: fanoutReading,
  'slow-reader': slowReaderReading,
  burst: burstReading,
  completions: completionsReading,
  'browser-limits': browserLimitsReading,
  matrix: matrixReading,
  'own-servers': targetReading,
  'head-of-line': headOfLineReading,
  proxies: proxiesReading,
  voice: voiceReading,
  turns: turnsReading,
  cancel: cancelReading,
  steer: steerReading,
};

/**
 * Every metric of every scenario; two of one id are one quantity, an endpoint in one scenario and
 * exploratory in another.
 */
export const allMetrics: readonly Metric[] = firstOfEachId(
  Object.values(readings).flatMap(({ metrics }) => metrics),
);

function firstOfEachId(metrics: readonly Metric[]): readonly Metric[] {
  const ids = metrics.map(({ id }) => id);
  return metrics.filter(({ id }, index) => ids.indexOf(id) === index);
}

/** Analyses a run by the reading of its own scenario. */
export function analyseRun(run: SavedRun): Analysis {
  return analyse(run, readings[run.header.plan.scenario]);
}
