// An experiment is a plan whose arms differ by known effects, and the checks that say what the
// harness must find in it.

import type { Analysis } from '../analysis/analysis.ts';
import { selectMeasured, type MeasuredArm } from '../analysis/measured-trials.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import { findMetric } from '../analysis/scenario-reading.ts';
import { COPY_LABEL } from '../contract/arms/arms.ts';
import type { PathName } from '../contract/arms/paths.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import type { Injection } from '../contract/injection.ts';
import type { CompletedTrial, SavedRun, ScenarioId } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { readings } from '../scenarios/readings.ts';
import type { Finding } from './finding.ts';

/** Label of the arm without an injection. */
const PLAIN = undefined;

export interface InjectedArm {
  readonly label: string;
  readonly injection?: Injection;
}

export interface Check {
  readonly id: string;
  /** The injected effect, in words that need no manual. */
  readonly title: string;
  readonly injected: string;
  /** Why the harness must report it so; one sentence. */
  readonly explanation: string;
  readonly judge: (measured: MeasuredExperiment) => readonly Finding[];
}

export interface Experiment {
  readonly id: string;
  /** The scenario whose trials it measures, at the first of its load points; the usual one when absent. */
  readonly scenario?: ScenarioId;
  readonly flags: RunFlags;
  readonly path?: PathName;
  /**
   * Injected into the plain arm, so that the others differ from it by the amount of an effect and
   * not by its mechanism.
   */
  readonly plain?: Injection;
  /** Set for an effect on the harness and not on a transport: one transport is enough. */
  readonly only?: TransportId;
  /** True for effects that are counted, or far above any noise: they need no burn-in block. */
  readonly isRobust?: boolean;
  /** The arms besides the plain one, which is the baseline. */
  readonly arms: readonly InjectedArm[];
  readonly checks: readonly Check[];
}

/** A run as `publish` returns it. */
export interface AnalysedRun {
  readonly run: SavedRun;
  readonly analysis: Analysis;
}

/** The arms of a finished experiment, by label. */
export class MeasuredExperiment {
  readonly analysis: Analysis;
  readonly #arms: readonly MeasuredArm[];

  constructor({ run, analysis }: AnalysedRun) {
    this.analysis = analysis;
    this.#arms = selectMeasured(run)[0]?.arms ?? [];
  }

  get transport(): TransportId {
    return this.analysis.plan.arms[0]?.transport ?? 'sse';
  }

  get plain(): MeasuredArm {
    return this.arm(PLAIN);
  }

  arm(label: string | undefined): MeasuredArm {
    const found = this.#arms.find(({ arm }) => arm.label === label);
    if (found === undefined)
      throw new Error(`the experiment has no arm ${label ?? 'without a label'}`);
    return found;
  }

  /** Completed trials of steady streams; none of an experiment with another scenario. */
  completed(label: string | undefined): readonly CompletedTrial[] {
    return this.arm(label).completed.filter((trial) => trial.outcome === 'completed');
  }

  pair(label: string): { plain: MeasuredArm; injected: MeasuredArm } {
    return { plain: this.plain, injected: this.arm(label) };
  }
}

export function metricOf(id: string): Metric {
  const metric = findMetric(readings.stream, id);
  if (metric === undefined) throw new Error(`there is no metric ${id}`);
  return metric;
}

export const copy: InjectedArm = { label: COPY_LABEL };
