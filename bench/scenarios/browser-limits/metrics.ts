// Metrics of the streams that one browser opens to one origin. None is an endpoint: the counts
// follow from the browser's rules and are not tested. They serve tables, exports, thresholds and
// comparisons with another version of the browser.

import { countStreams } from '../../contract/browser-limits.ts';
import { median } from '../../analysis/statistics/moments.ts';
import type { BrowserLimitsMetric, Metric } from '../../analysis/metrics/metric.ts';
import { ofTrials } from '../../analysis/metrics/metric-list.ts';

const counted = { unit: 'count', better: 'higher', scale: 'difference', isExact: true } as const;
const timed = { unit: 'ns', better: 'lower', scale: 'ratio' } as const;

const own: readonly BrowserLimitsMetric[] = [
  {
    ...counted,
    id: 'limits.streams',
    title: 'Streams that one tab opened',
    definition:
      'of those asked for one after another; where all opened, it is what was asked for and no limit',
    value: ({ browserLimits }) => countStreams(browserLimits.oneByOne).opened,
  },
  {
    ...counted,
    // Chromium draws a part of it at random.
    isExact: false,
    id: 'limits.tabs',
    title: 'Streams that two tabs opened together',
    definition:
      'of those asked for one after another, first in the one tab, then in the other, in one profile',
    value: ({ browserLimits: { tabs } }) => tabs[0].opened + tabs[1].opened,
  },
  {
    ...counted,
    id: 'limits.atonce',
    title: 'Streams that one tab opened when all were asked for at once',
    definition: 'of those asked for at one moment, in a profile that had opened none',
    value: ({ browserLimits }) => browserLimits.atOnce.opened,
  },
  {
    ...timed,
    id: 'limits.span',
    title: 'Until all of them were open, one after another',
    definition:
      'from the first request to the last opening, each stream asked for when the one before had opened',
    value: ({ browserLimits }) => countStreams(browserLimits.oneByOne).spanNs,
  },
  {
    ...timed,
    id: 'limits.atonce.span',
    title: 'Until all of them were open, asked for at once',
    definition: 'from the first request to the last opening',
    value: ({ browserLimits }) => browserLimits.atOnce.spanNs,
  },
  {
    ...timed,
    id: 'limits.next',
    title: 'The next stream, after another was closed',
    absence: 'no stream had to wait, or none was served in time',
    definition:
      'from the closing of a stream until the first one that had not opened was open, or where that had failed one asked for instead',
    value: ({ browserLimits }) => browserLimits.next?.servedAfterNs,
  },
  {
    ...timed,
    id: 'limits.fetch.before',
    title: 'Ordinary request before any stream',
    definition: 'from fetch() to the end of its answer, median of a trial’s requests',
    value: ({ browserLimits: { requests } }) => median(requests.beforeNs),
  },
  {
    ...timed,
    id: 'limits.fetch',
    title: 'Ordinary request while all that opened were open',
    absence: 'the request was not answered while the streams were open',
    definition:
      'from fetch() to the end of its answer, median of a trial’s requests; no value where the first was not answered in time',
    value: ({ browserLimits: { requests } }) => median(requests.whileOpen.answeredNs),
  },
  {
    ...timed,
    id: 'limits.fetch.freed',
    title: 'Ordinary request that had to wait, after a stream was closed',
    absence: 'no request had to wait',
    definition: 'from the closing of a stream to the end of the answer',
    value: ({ browserLimits: { requests } }) => requests.whileOpen.afterClosingNs,
  },
  {
    ...timed,
    id: 'limits.fetch.after',
    title: 'Ordinary request with one stream fewer',
    absence: 'the request was not answered in time',
    definition: 'from fetch() to the end of its answer, median of a trial’s requests',
    value: ({ browserLimits: { requests } }) => median(requests.afterNs),
  },
];

export const browserLimitsMetrics: readonly Metric[] = ofTrials('browser-limits', own);
