// Defines the input of every text about a suite.

import type { ClaimReading } from '../../claims/claim-reading.ts';
import type { ThresholdResult } from '../../analysis/thresholds.ts';
import type { Suite } from '../../contract/suite.ts';
import type { RunReport } from '../scenario-parts.ts';
import type { ChartLink } from '../sections/chart-links.ts';
import type { PageViews } from '../page/page-views.ts';

export interface SuitePart {
  /** Name inside the suite's folder. */
  readonly folder: string;
  readonly context: RunReport;
  readonly thresholds: readonly ThresholdResult[];
  readonly charts: readonly ChartLink[];
  /** What its page shows besides; a page of the suite has it, too. */
  readonly views?: PageViews;
}

export interface SuiteContext {
  readonly suite: Suite;
  /** Read from all parts together. */
  readonly claims: readonly ClaimReading[];
  /** Parts in the order of the suite. */
  readonly parts: readonly SuitePart[];
}
