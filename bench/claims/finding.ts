// What a source finds in a run, before it is judged: where, under which conditions, and the test.

import type { Comparison } from '../analysis/analysis.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import type { BlockMeans, Counted, Evidence, PairTitles, RunPlace } from './claim-reading.ts';

export type Test =
  | {
      readonly kind: 'verdict';
      readonly comparison: Comparison;
      /** Name of the arm whose advantage the meaning says; undefined where it says that there is none. */
      readonly favoured: string | undefined;
      readonly pair: ComparedPair;
    }
  | {
      readonly kind: 'blocks';
      readonly held: number;
      readonly of: number;
      readonly means: BlockMeans;
    }
  | { readonly kind: Exclude<Counted, 'blocks'>; readonly held: number; readonly of: number };

export interface ComparedPair {
  readonly baseline: string;
  readonly other: string;
  readonly titles: PairTitles;
  readonly unit: MetricUnit;
  readonly better: 'lower' | 'higher' | 'neither';
}

export interface Finding extends Pick<Evidence, 'condition'> {
  readonly place: RunPlace;
  readonly test: Test;
  /** Why the numbers cannot be trusted; undefined where they can. */
  readonly missed: string | undefined;
  /** Why they settle nothing; of verdicts, which say it themselves, undefined. */
  readonly unsettled?: string | undefined;
}
