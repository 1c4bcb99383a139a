// A procedure is how one trial of a scenario is carried out: what its processes are told, what is
// read while they run, and which record comes of it. Several scenarios share one. All else of a
// trial is the same for all of them, and is here.

import assert from 'node:assert/strict';
import type { AgentsRecord } from '../contract/agents.ts';
import type { ClockProof } from '../contract/clock-proof.ts';
import type { TrialSpecification } from '../contract/messages.ts';
import type { ProcedureId } from '../contract/procedures.ts';
import type { FinishedTrial, Plan } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { certificateOfRun } from './certificate.ts';
import { runningTracers, settleConnections, type HostReadings } from './host-watch.ts';
import { openTrial, type Opening, type TrialOptions } from './open-trial.ts';
import type { RunningTrial, TallyKind } from './running-trial.ts';
import type { SpecificationOptions } from './specification.ts';

export interface MeasureOptions extends TrialOptions {
  readonly plan: Plan;
  /** Path of the plan's tokens on this machine. */
  readonly tokenFile: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  /**
   * Waits for the other trials that are starting or have something timed; absent when one trial runs
   * at a time.
   */
  readonly takeStartTurn?: () => Promise<Disposable>;
}

/**
 * Carries out one planned trial, and returns the record to save. @throws BenchError for anything
 * that makes it a failed one.
 */
export type RunTrial = (planned: PlannedTrial, options: MeasureOptions) => Promise<FinishedTrial>;

/** Readings of every trial, whatever its procedure. */
export interface Measured {
  readonly specification: TrialSpecification;
  readonly startedAt: string;
  readonly serverPort: number;
  readonly clock: ClockProof;
  /** Set where the processes ran on agents. */
  readonly agents?: AgentsRecord | undefined;
  /** Readings over the time that the procedure measures. */
  readonly host: HostReadings;
  readonly tracers: readonly string[];
  /** Whether the path passes on the bytes as the server wrote them. */
  readonly keepsBytes: boolean;
  readonly wallNs: number;
  /** Time that was not rehearsal, warm-up, window, tail or drain. */
  readonly overheadNs: number;
}

/** The least that a procedure measures itself. */
export type Readings = Pick<Measured, 'host'>;

/**
 * @typeParam Kind The message with which load processes end the trial.
 * @typeParam Own What is measured besides the common part.
 */
export interface Procedure<
  Kind extends TallyKind,
  Own extends Readings,
  Trial extends FinishedTrial,
> {
  readonly id: ProcedureId;
  readonly tally: Kind;
  readonly specify: (planned: PlannedTrial, options: SpecificationOptions) => TrialSpecification;
  /** How what it opens differs from a usual trial. */
  readonly opening?: (
    planned: PlannedTrial,
    plan: Plan,
  ) => Omit<Opening<Kind>, 'tally' | 'specify' | 'onReady'>;
  /** Takes readings from T0 on, and finishes the trial. */
  readonly measure: (trial: RunningTrial<Kind>, plan: Plan) => Promise<Own>;
  /** Joins stamps and judges gates; pure. */
  readonly record: (planned: PlannedTrial, measured: Measured & Own, plan: Plan) => Trial;
}

/**
 * Opens a trial, lets the procedure measure it, and ends it. @throws BenchError for anything that
 * makes the trial a failed one.
 */
export async function measureTrial<Kind extends TallyKind, Own extends Readings>(
  procedure: Procedure<Kind, Own, FinishedTrial>,
  planned: PlannedTrial,
  options: MeasureOptions,
): Promise<Measured & Own> {
  const { signal, plan } = options;
  // Towards a server port that the kernel chooses all local ports are free, however many are in
  // TIME_WAIT towards other ports.
  if (options.port !== 0) await settleConnections(signal);
  using startTurn = await options.takeStartTurn?.();
  signal.throwIfAborted();
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  const certificate = planned.arm.tls === true ? await certificateOfRun() : undefined;
  const opening: Opening<Kind> = {
    ...procedure.opening?.(planned, plan),
    tally: procedure.tally,
    specify: (host) => procedure.specify(planned, { ...options, host, certificate }),
    onReady: () => {
      if (opening.aloneNs === undefined) startTurn?.[Symbol.dispose]();
    },
  };
  await using trial = await openTrial(planned, opening, options);
  // A trial that ends before gives its turn up by itself.
  const isTimed = opening.aloneNs === undefined ? undefined : trial.until(opening.aloneNs);
  isTimed?.then(
    () => startTurn?.[Symbol.dispose](),
    () => undefined,
  );
  const [serverPort] = trial.ports;
  assert(serverPort !== undefined, 'a trial has a server');
  const own = await procedure.measure(trial, plan);
  const { clock, agents, tracers, drainedNs, endedNs } = trial.closing();
  const wallNs = Number(endedNs - startedNs);
  return {
    specification: trial.specification,
    startedAt,
    serverPort,
    clock,
    ...(agents !== undefined && { agents }),
    tracers: tracers ?? runningTracers(),
    keepsBytes: trial.path.keepsBytes,
    wallNs,
    overheadNs: wallNs - drainedNs - trial.rehearsalNs,
    ...own,
  };
}

/** A procedure as a run uses it: a planned trial goes in, its record comes out. */
export interface TrialRunner {
  readonly id: ProcedureId;
  readonly run: RunTrial;
}

/**
 * Measures and records: the seam between measuring, which knows no statistics, and analysis, which
 * knows no processes.
 */
export function runnerOf<Kind extends TallyKind, Own extends Readings>(
  procedure: Procedure<Kind, Own, FinishedTrial>,
): TrialRunner {
  return {
    id: procedure.id,
    run: async (planned, options) =>
      procedure.record(planned, await measureTrial(procedure, planned, options), options.plan),
  };
}
