// Gathers what a page draws of single trials, from the saved run and the stamps beside it.

import { coursesOf } from '../analysis/courses.ts';
import type { SavedRun } from '../contract/run-file.ts';
import type { TrialViews } from '../report/page/page-views.ts';
import { scenarios } from '../scenarios/registry.ts';
import { readLanes } from '../scenarios/steady/read-lanes.ts';

export function trialViewsOf(run: SavedRun): TrialViews {
  const { plan } = run.header;
  if (scenarios[plan.scenario].procedure !== 'steady') {
    const missing = ['Not drawn: a trial of this scenario has no single window of steady streams.'];
    return { courses: [], missingCourses: missing, lanes: [], missingLanes: missing };
  }
  const courses = coursesOf(run);
  const { loads, missing } = readLanes(run);
  return {
    courses,
    missingCourses:
      courses.length > 0
        ? []
        : [
            'Not drawn: no trial of this run kept its course, as trials do since this page can draw it.',
          ],
    lanes: loads,
    missingLanes: missing,
  };
}
