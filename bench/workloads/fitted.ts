// Workloads fitted to published traces by fit/fit-trace.ts, which prints these numbers for whoever
// has the trace: when streams begin and how long they are. Rate, gaps of tokens and the time to the
// first token are in no trace; plan/workloads.ts chooses them.
//
// Lengths are a table of quantiles, because they cluster: `lognormalLengthDistance` says how far
// the best lognormal would be. `gapDistance` and `lengthDistance` are Kolmogorov–Smirnov distances
// of the trace from the model; `dispersion` is the variance over the mean of the number of starts
// in 1, 10 and 60 s, which is 1 for a Poisson process.

import type { ArrivalModel } from '../contract/arrival-model.ts';
import type { StreamLengths } from '../contract/stream-lengths.ts';

interface TraceAndModel {
  readonly trace: number;
  readonly model: number;
}

interface FittedWorkload {
  readonly summary: string;
  readonly tokensPerStream: number;
  readonly lengths: StreamLengths;
  readonly arrivals: ArrivalModel;
  /** In the report, too: the licence asks for it. */
  readonly source: string;
  readonly traceSha256: string;
  readonly fit: {
    readonly rows: number;
    readonly startsPerSecond: TraceAndModel;
    readonly gapVariation: TraceAndModel;
    readonly gapDistance: number;
    readonly poissonGapDistance: number;
    readonly dispersion: Readonly<Record<'1 s' | '10 s' | '60 s', TraceAndModel>>;
    /** By how much the Bayesian information criterion is below that of a Poisson process. */
    readonly bicBelowPoisson: number;
    readonly lengthDistance: number;
    readonly lognormalLengthDistance: number;
    readonly meanLength: { readonly trace: number; readonly table: number };
  };
}

export const fittedWorkloads = {
  'azure-chat': {
    summary:
      'a chat service of Azure in 2023: 5.5 streams a second in gentle waves, 7 to 1,000 tokens each',
    tokensPerStream: 210,
    arrivals: {
      phases: [
        { meanGapMs: 137.1, next: [0.99974, 0.00026, 0, 0] },
        { meanGapMs: 181, next: [0.0002, 0.99931, 0.00048, 0] },
        { meanGapMs: 231.9, next: [0, 0.00083, 0.99887, 0.0003] },
        { meanGapMs: 575.5, next: [0, 0, 0.01386, 0.98614] },
      ],
    },
    lengths: {
      quantiles: [
        [0, 7],
        [0.01, 16],
        [0.05, 41],
        [0.1, 54],
        [0.15, 67],
        [0.2, 77],
        [0.25, 85],
        [0.3, 91],
        [0.35, 96],
        [0.4, 103],
        [0.45, 113],
        [0.5, 129],
        [0.55, 151],
        [0.6, 177],
        [0.65, 217],
        [0.7, 384],
        [0.75, 395],
        [0.8, 400],
        [0.85, 411],
        [0.9, 424],
        [0.95, 451],
        [0.98, 540],
        [0.99, 601],
        [0.995, 644],
        [0.999, 954],
        [1, 1000],
      ],
    },
    source:
      'the conversation trace of the Azure LLM inference traces 2023 (github.com/Azure/AzurePublicDataset, CC-BY 4.0; Patel et al., Splitwise, ISCA 2024)',
    traceSha256: '2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8',
    fit: {
      rows: 19366,
      startsPerSecond: { trace: 5.53, model: 5.517 },
      gapVariation: { trace: 1.094, model: 1.062 },
      gapDistance: 0.0154,
      poissonGapDistance: 0.01936,
      dispersion: {
        '1 s': { trace: 1.386, model: 1.321 },
        '10 s': { trace: 3.862, model: 4.08 },
        '60 s': { trace: 16.14, model: 18.43 },
      },
      bicBelowPoisson: 746,
      lengthDistance: 0.02803,
      lognormalLengthDistance: 0.1823,
      meanLength: { trace: 211.1, table: 210.1 },
    },
  },
  'azure-code': {
    summary:
      'a code assistant of Azure in 2023: 2.6 streams a second in sharp bursts, 6 to 1,899 tokens each',
    tokensPerStream: 29,
    arrivals: {
      phases: [
        { meanGapMs: 1.593, next: [0.43211, 0.46395, 0.07476, 0.02345, 0.00572] },
        { meanGapMs: 110.4, next: [0.50947, 0.45905, 1e-5, 0.02707, 0.0044] },
        { meanGapMs: 155.4, next: [0.06443, 0.00744, 0.91094, 0.0058, 0.01138] },
        { meanGapMs: 1229, next: [0.31719, 0.58728, 0.00895, 0.08659, 0] },
        { meanGapMs: 39920, next: [0.17637, 0.25854, 0.56509, 0, 0] },
      ],
    },
    lengths: {
      quantiles: [
        [0, 6],
        [0.01, 6],
        [0.05, 6],
        [0.1, 7],
        [0.15, 7],
        [0.2, 8],
        [0.25, 9],
        [0.3, 9],
        [0.35, 10],
        [0.4, 11],
        [0.45, 12],
        [0.5, 13],
        [0.55, 14],
        [0.6, 16],
        [0.65, 18],
        [0.7, 20],
        [0.75, 24],
        [0.8, 29],
        [0.85, 39],
        [0.9, 55],
        [0.95, 90],
        [0.98, 172],
        [0.99, 252],
        [0.995, 361],
        [0.999, 831],
        [1, 1899],
      ],
    },
    source:
      'the code trace of the Azure LLM inference traces 2023 (github.com/Azure/AzurePublicDataset, CC-BY 4.0; Patel et al., Splitwise, ISCA 2024)',
    traceSha256: '54e9a6d2a4bd06ba1e060304b900abbc74cbea53de96506e60fe5bb4f2277fb6',
    fit: {
      rows: 8819,
      startsPerSecond: { trace: 2.566, model: 2.567 },
      gapVariation: { trace: 13.15, model: 12.1 },
      gapDistance: 0.1043,
      poissonGapDistance: 0.5185,
      dispersion: {
        '1 s': { trace: 13.19, model: 10.71 },
        '10 s': { trace: 71.65, model: 54.22 },
        '60 s': { trace: 164, model: 124.4 },
      },
      bicBelowPoisson: 33398,
      lengthDistance: 0.02359,
      lognormalLengthDistance: 0.1147,
      meanLength: { trace: 27.88, table: 29.08 },
    },
  },
} satisfies Record<string, FittedWorkload>;
