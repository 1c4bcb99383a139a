// Defines the input of every text about a suite.

import type { ThresholdResult } from '../../analysis/thresholds.ts';
import type { Suite } from '../../contract/suite.ts';
import type { ReportContext } from '../report-context.ts';
import type { ChartLink } from '../sections/chart-links.ts';

export interface SuitePart {
  /** Name inside the suite's folder. */
  readonly folder: string;
  readonly context: ReportContext;
  readonly thresholds: readonly ThresholdResult[];
  readonly charts: readonly ChartLink[];
}

export interface SuiteContext {
  readonly suite: Suite;
  /** Parts in the order of the suite. */
  readonly parts: readonly SuitePart[];
}
