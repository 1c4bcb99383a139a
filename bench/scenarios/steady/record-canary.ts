// Converts the canary's timings into the saved record.

import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import type {
  CanaryReading,
  CanaryReadings,
  CanaryRecord,
  CanarySamples,
} from '../../contract/canary.ts';

export function recordCanary({ idle, loaded, runDelayNs, wallNs }: CanaryReadings): CanaryRecord {
  return {
    idle: toReading(idle),
    loaded: toReading(loaded),
    ...(runDelayNs !== undefined && { waitedForCpu: runDelayNs / wallNs }),
  };
}

function toReading({ timesNs, ...counts }: CanarySamples): CanaryReading {
  const times = summariseDistribution(Float64Array.from(timesNs));
  return { ...counts, ...(times !== undefined && { times }) };
}
