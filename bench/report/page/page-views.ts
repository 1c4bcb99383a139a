// What a page shows besides the report: it has room for it, and its charts can be pointed at.

import type { CourseAtLoad } from '../../analysis/courses.ts';
import type { LanesAtLoad } from '../../analysis/stream-lanes.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { flow, left, list, right, section, table, type Block, type Table } from '../blocks.ts';
import type { Chart, ChartPlan } from '../charts/chart.ts';
import { renderPlans } from '../charts/render-charts.ts';
import { formatCount, formatValue } from '../format.ts';
import { armTitleOf } from '../report-context.ts';
import type { RunReport } from '../scenario-parts.ts';
import { chartFigures } from '../sections/chart-links.ts';
import { planCourses, secondText } from './course-charts.ts';
import { planEffects } from './effects-chart.ts';
import { planLanes } from './lane-chart.ts';

/** What is drawn from single trials, and sentences on what is not, and why. */
export interface TrialViews {
  readonly courses: readonly CourseAtLoad[];
  readonly missingCourses: readonly string[];
  readonly lanes: readonly LanesAtLoad[];
  readonly missingLanes: readonly string[];
}

export interface PageViews extends TrialViews {
  readonly effectCharts: readonly Chart[];
  readonly courseCharts: readonly Chart[];
  readonly laneCharts: readonly Chart[];
}

/** A pilot shows nothing that compares the arms. */
export async function renderPageViews(context: RunReport, views: TrialViews): Promise<PageViews> {
  const isPilot = context.analysis.pilot !== undefined;
  // A scenario with tables of its own has a chart of its own beside them.
  const effects =
    isPilot || context.parts.verdicts !== undefined || context.parts.comparesNothing === true
      ? undefined
      : planEffects(context);
  const drawAll = async (plans: readonly ChartPlan[]) => await renderPlans(isPilot ? [] : plans);
  return {
    ...views,
    effectCharts: await drawAll(effects === undefined ? [] : [effects]),
    courseCharts: await drawAll(views.courses.flatMap((course) => planCourses(context, course))),
    laneCharts: await drawAll(views.lanes.map((lanes) => planLanes(context, lanes))),
  };
}

/** The same without its largest part. */
export function withoutCourses(views: PageViews): PageViews {
  return {
    ...views,
    courses: [],
    courseCharts: [],
    missingCourses: [
      'Not drawn: with so many load points and arms the page would be too large to be sent. `run.ndjson` has the course of each trial.',
    ],
  };
}

export function allCharts({ effectCharts, courseCharts, laneCharts }: PageViews): readonly Chart[] {
  return [...effectCharts, ...courseCharts, ...laneCharts];
}

export function renderEffects({ effectCharts }: PageViews): readonly Block[] {
  return flow(chartFigures(effectCharts));
}

/** Sections on single trials. */
export function renderTrials(context: RunReport, views: PageViews): readonly Block[] {
  if (context.analysis.pilot !== undefined) return [];
  return flow([
    section('The course of the window', [
      views.courses.length === 0
        ? []
        : 'Tokens count in the second in which they were received, delivery in the one in which they were due: a stall is a second with few tokens, and latency where these were due. CPU comes from the kernel in steps of 10 ms.',
      chartFigures(views.courseCharts),
      worstTable(context, views.courses),
      list(views.missingCourses),
    ]),
    section('Swim lanes of one stream', [
      views.lanes.length === 0
        ? []
        : 'The first tokens in the window of the stream that has most of them there, in the first measured block: the plan chose it, and no stamp. One stream proves nothing; it shows what the numbers are made of.',
      chartFigures(views.laneCharts),
      list(views.missingLanes),
    ]),
  ]);
}

/** The worst second of each arm, so that it can be looked up among the trials. */
function worstTable({ analysis }: RunReport, courses: readonly CourseAtLoad[]): Table {
  const columns = [
    left('load'),
    left('arm'),
    right('worst second: trial'),
    right('block'),
    right('second'),
    right('delivery p99 there'),
    right('in the median of its other seconds'),
  ];
  const rows = courses.flatMap(({ loadPoint, stepNs, arms }) =>
    arms.flatMap(({ arm, worst }) =>
      worst === undefined
        ? []
        : [
            [
              loadPointTitle(loadPoint),
              armTitleOf(analysis, arm),
              formatCount(worst.trial),
              formatCount(worst.block),
              secondText(worst.step, stepNs),
              formatValue(worst.deliveryP99Ns, 'ns'),
              formatValue(worst.usualNs, 'ns'),
            ],
          ],
    ),
  );
  return table(columns, rows);
}
