// Courses of all trials of an arm, laid on top of each other: what a second of the window is like as
// a rule, and in the worst trial.

import type { Course } from '../contract/course.ts';
import type { CompletedTrial, LoadPoint, SavedRun } from '../contract/run-file.ts';
import { NS_PER_S } from '../contract/units.ts';
import { isSteady, selectMeasured } from './measured-trials.ts';
import { median } from './statistics/moments.ts';

export const courseQuantities = [
  'tokensPerSecond',
  'deliveryP50Ns',
  'deliveryP99Ns',
  'serverCpuShare',
  'clientCpuShare',
  'serverResidentBytes',
] as const;

export type CourseQuantity = (typeof courseQuantities)[number];

export interface CourseAtLoad {
  readonly loadPoint: LoadPoint;
  readonly stepNs: number;
  readonly arms: readonly ArmCourse[];
}

export interface ArmCourse {
  readonly arm: string;
  readonly trials: number;
  /** The steps at which most of the trials have the quantity; empty when none does. */
  readonly quantities: Readonly<Record<CourseQuantity, readonly CourseStep[]>>;
  /** The step of any trial in which delivery was worst; undefined without a p99. */
  readonly worst: WorstStep | undefined;
}

/** Over trials. */
export interface CourseStep {
  /** Number of the step in the window, from 0. */
  readonly step: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

interface WorstStep {
  readonly trial: number;
  readonly block: number;
  readonly step: number;
  readonly deliveryP99Ns: number;
  /** Median of the same trial's other steps. */
  readonly usualNs: number | undefined;
}

/** Load points without a trial that kept its course are left out. */
export function coursesOf(run: SavedRun): readonly CourseAtLoad[] {
  return selectMeasured(run).flatMap(({ loadPoint, arms }) => {
    const kept = arms.map(({ name, completed }) => ({
      name,
      trials: completed.filter(isSteady).filter(hasCourse),
    }));
    const [first] = kept.flatMap(({ trials }) => trials);
    if (first === undefined) return [];
    return [
      {
        loadPoint,
        stepNs: first.course.stepNs,
        arms: kept
          .filter(({ trials }) => trials.length > 0)
          .map(({ name, trials }) => courseOfArm(name, trials)),
      },
    ];
  });
}

type WithCourse = CompletedTrial & { readonly course: Course };

function hasCourse(trial: CompletedTrial): trial is WithCourse {
  return trial.course !== undefined;
}

function courseOfArm(arm: string, trials: readonly WithCourse[]): ArmCourse {
  const columns = trials.map(columnsOf);
  const steps = Math.max(...trials.map(({ course }) => course.steps.length));
  const overTrials = (quantity: CourseQuantity): readonly CourseStep[] =>
    Array.from({ length: steps }, (_, step) => {
      const values = columns.flatMap((column) => column[quantity][step] ?? []);
      const middle = median(values);
      return middle === undefined || values.length * 2 <= trials.length
        ? []
        : [{ step, median: middle, low: Math.min(...values), high: Math.max(...values) }];
    }).flat();
  return {
    arm,
    trials: trials.length,
    quantities: {
      tokensPerSecond: overTrials('tokensPerSecond'),
      deliveryP50Ns: overTrials('deliveryP50Ns'),
      deliveryP99Ns: overTrials('deliveryP99Ns'),
      serverCpuShare: overTrials('serverCpuShare'),
      clientCpuShare: overTrials('clientCpuShare'),
      serverResidentBytes: overTrials('serverResidentBytes'),
    },
    worst: worstOf(trials),
  };
}

/** By step; undefined where it was not measured. */
type Columns = Readonly<Record<CourseQuantity, readonly (number | undefined)[]>>;

function columnsOf({ course, windowNs }: WithCourse): Columns {
  const { stepNs, steps } = course;
  const lengthNs = (step: number): number => Math.min(stepNs, windowNs - step * stepNs);
  return {
    // A step beyond the window has no length.
    tokensPerSecond: steps.map(({ tokens }, step) =>
      lengthNs(step) > 0 ? (tokens * NS_PER_S) / lengthNs(step) : undefined,
    ),
    deliveryP50Ns: steps.map(({ deliveryP50Ns }) => deliveryP50Ns),
    deliveryP99Ns: steps.map(({ deliveryP99Ns }) => deliveryP99Ns),
    ...processColumns(course),
  };
}

/** Readings between which less time passed say nothing of a step: the kernel counts in 10 ms. */
const LEAST_OF_STEP = 0.5;

function processColumns({ processes = [], stepNs }: Course) {
  const serverCpuShare: number[] = [];
  const clientCpuShare: number[] = [];
  const serverResidentBytes: number[] = [];
  let before = { atNs: 0, serverCpuNs: 0, clientCpuNs: 0 };
  for (const reading of processes) {
    const spanNs = reading.atNs - before.atNs;
    if (spanNs < LEAST_OF_STEP * stepNs) continue;
    const step = Math.round(reading.atNs / stepNs) - 1;
    serverCpuShare[step] = (reading.serverCpuNs - before.serverCpuNs) / spanNs;
    clientCpuShare[step] = (reading.clientCpuNs - before.clientCpuNs) / spanNs;
    if (reading.serverResidentBytes !== undefined)
      serverResidentBytes[step] = reading.serverResidentBytes;
    before = reading;
  }
  return { serverCpuShare, clientCpuShare, serverResidentBytes };
}

function worstOf(trials: readonly WithCourse[]): WorstStep | undefined {
  const steps = trials.flatMap(({ trial, block, course }) =>
    course.steps.flatMap(({ deliveryP99Ns }, step) =>
      deliveryP99Ns === undefined
        ? []
        : [
            {
              trial,
              block,
              step,
              deliveryP99Ns,
              usualNs: median(
                course.steps.flatMap((other, index) =>
                  index === step ? [] : (other.deliveryP99Ns ?? []),
                ),
              ),
            },
          ],
    ),
  );
  return steps.toSorted((one, other) => other.deliveryP99Ns - one.deliveryP99Ns)[0];
}
