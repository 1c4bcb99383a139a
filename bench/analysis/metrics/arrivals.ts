// Metrics of how streams arrived. Only of plans in which they do: they describe the load, and no
// arm is better by them.

import { ofTrials } from './metric-list.ts';
import type { Metric } from './metric.ts';

export const arrivalMetrics: readonly Metric[] = ofTrials('completed', [
  {
    id: 'arrivals.rate',
    title: 'Streams begun',
    unit: 'starts/s',
    better: 'neither',
    scale: 'difference',
    definition: 'starts that the load process issued in the window, over its length',
    value: ({ arrivals }) => arrivals?.startsPerSecond,
  },
  {
    id: 'arrivals.variation',
    title: 'Variation of the gaps between starts',
    unit: 'ratio',
    better: 'neither',
    scale: 'difference',
    definition:
      'standard deviation of the gaps between issued starts in the window over their mean: 1 for a Poisson process, more for bursts',
    absence: 'fewer than 20 gaps between starts',
    value: ({ arrivals }) => arrivals?.gapVariation,
  },
  {
    id: 'arrivals.most',
    title: 'Most streams open at once',
    unit: 'count',
    better: 'neither',
    scale: 'difference',
    definition: 'streams requested and not yet ended, at the moment of the window with the most',
    value: ({ arrivals }) => arrivals?.mostAtOnce,
  },
  {
    id: 'arrivals.lag.p99',
    title: 'Start lag p99',
    unit: 'ns',
    better: 'neither',
    scale: 'difference',
    definition:
      'from when a stream should begin to when the load process began it, the 99th percentile by nearest rank over all starts of the window, the largest of fewer than 100',
    judgesClient: true,
    value: ({ arrivals }) => arrivals?.startLagP99Ns,
  },
  {
    id: 'arrivals.cut',
    title: 'Streams cut at the end of the trial',
    unit: 'count',
    better: 'neither',
    scale: 'difference',
    definition:
      'streams planned with fewer tokens than asked for, because they would outlast the trial',
    value: ({ arrivals }) => arrivals?.cutStreams,
  },
]).map((metric) => Object.assign({}, metric, { needs: 'arrivals' as const }));
