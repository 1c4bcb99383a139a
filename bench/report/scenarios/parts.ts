// Declares the parts of a report that a scenario may add.

import type { Analysis } from '../../analysis/analysis.ts';
import type { ChartPlan } from '../charts/chart.ts';
import type { ReportContext } from '../report-context.ts';
import type { ChartLink } from '../sections/chart-links.ts';
import type { Paint } from '../verdict-table.ts';

export interface ScenarioParts {
  /** The paragraph below the title: workload, load and procedure, without the trials; undefined for the one of steady streams. */
  readonly circumstances?: (analysis: Analysis) => string;
  /** Caveat on every number, above the verdicts. */
  readonly banner?: (analysis: Analysis) => string;
  /** Sections between the verdicts and the tables of all results; the charts are those of `charts`, as they were written. */
  readonly sections: (context: ReportContext, charts: readonly ChartLink[]) => readonly string[];
  readonly charts: (context: ReportContext) => readonly ChartPlan[];
  /** Lines under the verdict table in the terminal, of at most 100 columns. */
  readonly terminal?: (context: ReportContext, paint: Paint) => readonly string[];
  /** Set when due times count from planned starts, and not from when a stream's handler began. */
  readonly isOnTimetable?: true;
  /** Set when no arm is compared with another, so there is nothing to explain about ratios and intervals. */
  readonly comparesNothing?: true;
  /** Sentences on what differs between the arms besides the transport, and on what the result does not say. */
  readonly asymmetries?: (analysis: Analysis) => readonly string[];
  readonly limits?: (analysis: Analysis) => readonly string[];
}
