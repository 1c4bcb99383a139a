// The interface of a scenario to a report. Each scenario implements it in its own
// folder; the command that renders a run hands it in.

import type { Analysis } from '../analysis/analysis.ts';
import type { Plan } from '../contract/run-file.ts';
import type { Content } from './blocks.ts';
import type { ChartPlan } from './charts/chart.ts';
import type { ReportContext } from './report-context.ts';
import type { ChartLink } from './sections/chart-links.ts';
import type { Paint } from './paint.ts';

/** A run with everything that its report needs. */
export interface RunReport<Findings extends object = object> extends ReportContext<Findings> {
  readonly parts: ScenarioParts<Findings>;
}

/** A group of rows in the tables of all results. */
export interface MetricGroup {
  readonly title: string;
  /** First words of the ids of its metrics. */
  readonly words: readonly string[];
  /** Title of the group that it comes before; it comes first when absent. */
  readonly before?: string;
}

/** `Findings` are what the scenario's reading adds to an analysis. */
export interface ScenarioParts<Findings extends object = object> {
  /** How the title goes on after the arms: `when clients stop reading`. */
  readonly title: string;
  /** Replaces the arms and the title in the heading: many arms make none; undefined leaves them. */
  heading?(analysis: Analysis & Findings): string | undefined;
  /** The paragraph below the title: workload, load and procedure, without the trials. */
  circumstances(analysis: Analysis & Findings): string;
  /** Further paragraphs below it. */
  conditions?(analysis: Analysis & Findings): readonly string[];
  /**
   * The draw of a trial besides its arm, and how long each measures, for the sentence on the
   * trials.
   */
  readonly drawnFor?: string;
  perTrial?(analysis: Analysis & Findings): string;
  /** Caveat on every number, above the verdicts. */
  banner?(analysis: Analysis & Findings): Content;

  /**
   * In the place of the tables of verdicts, or of the noise floor between equal arms; undefined
   * leaves these. The charts are those of `charts`, as they were written.
   */
  verdicts?(context: RunReport<Findings>, charts: readonly ChartLink[]): Content | undefined;
  /** Sections between the verdicts and how to read them. */
  sections?(context: RunReport<Findings>, charts: readonly ChartLink[]): Content;
  /** Sections between how to read the verdicts and the tables of all results. */
  evidence?(context: RunReport<Findings>, charts: readonly ChartLink[]): Content;
  /** The section after all results. */
  explanation?(context: RunReport<Findings>): Content;
  charts?(context: RunReport<Findings>): readonly ChartPlan[];

  /**
   * In the place of the tables of verdicts in the terminal; lines have at most 100 columns, as
   * everywhere there.
   */
  verdictText?(context: RunReport<Findings>, paint: Paint): readonly string[];
  /** Lines under the tables of verdicts in the terminal. */
  terminal?(context: RunReport<Findings>, paint: Paint): readonly string[];
  /** Lines below these, which a run of equal arms has, too. */
  notes?(context: RunReport<Findings>): readonly string[];

  /** Groups of the scenario's own metrics in the tables of all results. */
  readonly metricGroups?: readonly MetricGroup[];
  /**
   * Set when each of many load points has one endpoint: tables have a row for each of them, their
   * gates and results stand together.
   */
  readonly hasManyPoints?: true;
  /** Set when due times count from planned starts, and not from when a stream's handler began. */
  readonly isOnTimetable?: true;
  /**
   * Set when streams go on over other connections than their first: how a connection begins and
   * ends is then their own subject.
   */
  readonly outlivesConnections?: true;
  /** Set when its messages have a form of their own: what is said of those of a payload is left out. */
  readonly hasOwnForms?: true;
  /**
   * Set when no arm is compared with another, so there is nothing to explain about ratios and
   * intervals.
   */
  readonly comparesNothing?: true;
  /** Set when no client but the probe can be asked. */
  readonly takesProbeOnly?: true;

  /** Items in the place of those on how to read the verdicts. */
  reading?(analysis: Analysis & Findings): readonly string[];
  /**
   * Names the parts that are the same in every arm besides the tokens, in the place of those of
   * steady streams: the end of the subject of a sentence.
   */
  readonly alike?: string;
  /**
   * Sentences on what differs between the arms besides the transport, and on what the result does
   * not say.
   */
  asymmetries?(analysis: Analysis & Findings): readonly string[];
  limits?(analysis: Analysis & Findings): readonly string[];
  /**
   * In the place of what a result on this machine does not say of others; `cpus` names its
   * processors.
   */
  machineLimits?(plan: Plan, cpus: string): readonly string[];
  /** Rows of the table of settings, in the place of warm-up and window. */
  settings?(analysis: Analysis & Findings): readonly (readonly [string, string])[];
  /** The moments that definitions refer to, in the place of those of steady streams. */
  readonly moments?: string;
  /** Unit of a quantile: `tokens or streams` when absent. */
  readonly quantilesOver?: string;
}
