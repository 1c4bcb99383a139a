// The live display of a run, on stderr: a bar and the live rate on a terminal, one plain line a
// trial elsewhere.

import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { isSupplement, loadPointTitle } from '../contract/load-point.ts';
import type { Plan, TrialRecord } from '../contract/run-file.ts';
import { armName } from '../contract/arms/arms.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { LiveRate } from '../trial/live-rate.ts';
import { estimateTrialS, formatSeconds } from './estimate-time.ts';

export interface Progress {
  start: (planned: PlannedTrial) => void;
  live: (rate: LiveRate) => void;
  end: (record: TrialRecord) => void;
  /** Restores the terminal. */
  close: () => void;
}

interface ProgressOptions {
  readonly plan: Plan;
  readonly total: number;
  readonly alreadyDone: number;
  readonly stream: NodeJS.WriteStream;
}

export const silentProgress: Progress = {
  start: () => {},
  live: () => {},
  end: () => {},
  close: () => {},
};

export function showProgress(options: ProgressOptions): Progress {
  // A terminal that reports no rows cannot show a redrawn bar.
  return options.stream.isTTY && options.stream.rows > 0 ? showBar(options) : showLines(options);
}

/**
 * Estimates the seconds left for the trials to come, from the plan and then from the durations of
 * finished ones.
 */
class TimeLeft {
  readonly #plannedS: number;
  readonly #leastFinished: number;
  #finished = 0;
  #beganAt: number | undefined;
  #lastEndAt = Date.now();
  #tookS = 0;

  constructor(plan: Plan) {
    const { lanes = 1 } = plan;
    this.#plannedS = estimateTrialS(plan);
    this.#leastFinished = lanes === 1 ? 0 : 2 * lanes;
  }

  start(): void {
    if (this.#beganAt !== undefined) return;
    this.#beganAt = Date.now();
    this.#lastEndAt = this.#beganAt;
  }

  end(): void {
    this.#finished++;
    this.#lastEndAt = Date.now();
    this.#tookS = (this.#lastEndAt - (this.#beganAt ?? this.#lastEndAt)) / 1000;
  }

  seconds(trialsLeft: number): number {
    // With parallel trials, the time until the first ones end is also spent on all that run beside
    // them.
    const perTrialS =
      this.#finished <= this.#leastFinished ? this.#plannedS : this.#tookS / this.#finished;
    const spentS = (Date.now() - this.#lastEndAt) / 1000;
    return Math.max(0, trialsLeft * perTrialS - Math.min(spentS, perTrialS));
  }
}

function describe(
  planned: Pick<TrialRecord, 'arm' | 'loadPoint' | 'block' | 'burnIn' | 'attempt' | 'alone'>,
  plan: Plan,
): string {
  if (isSupplement(planned.loadPoint))
    return `${loadPointTitle(planned.loadPoint)}, ${armName(planned.arm)}`;
  const load = plan.loadPoints.length > 1 ? ` · ${loadPointTitle(planned.loadPoint)}` : '';
  const block = planned.burnIn
    ? 'burn-in block'
    : `block ${planned.block - plan.burnInBlocks + 1} of ${plan.blocks}`;
  const again = planned.attempt === undefined ? '' : ', again because the machine disturbed it';
  const alone =
    planned.alone === true
      ? ', again and alone because its load process or its pair was late beside others'
      : '';
  return `${block}, ${armName(planned.arm)}${load}${again}${alone}`;
}

/** Describes the running trials in one line. */
function describeAll(running: readonly PlannedTrial[], plan: Plan): string {
  const [first] = running;
  if (first === undefined) return 'starting';
  if (running.length === 1) return describe(first, plan);
  const names = running.map(
    ({ arm, loadPoint }) => `${loadPoint.fault ?? loadPointTitle(loadPoint)} ${armName(arm)}`,
  );
  return `block ${first.block - plan.burnInBlocks + 1} of ${plan.blocks}, side by side: ${names.join(' · ')}`;
}

/** Expected number of trials: repeated blocks and trials are added to the plan as they begin. */
class TrialCount {
  readonly #perBlock: number;
  readonly #repeated = new Set<number>();
  total: number;

  constructor(total: number, { arms, loadPoints }: Plan) {
    this.total = total;
    this.#perBlock = arms.length * loadPoints.length;
  }

  start({ block, attempt, alone }: PlannedTrial): void {
    if (alone === true) {
      this.total++;
      return;
    }
    if (attempt === undefined || this.#repeated.has(block)) return;
    this.#repeated.add(block);
    this.total += this.#perBlock;
  }
}

function showLines({ plan, total, alreadyDone, stream }: ProgressOptions): Progress {
  const left = new TimeLeft(plan);
  const count = new TrialCount(total, plan);
  let done = alreadyDone;
  return {
    start: (planned) => {
      count.start(planned);
      left.start();
    },
    live: () => {},
    end: (record) => {
      left.end();
      done++;
      const outcome = record.outcome !== 'failed' ? 'done' : `FAILED: ${record.failure.message}`;
      stream.write(
        `trial ${done}/${count.total} · ${describe(record, plan)} · ${outcome} · about ${formatSeconds(left.seconds(count.total - done))} left\n`,
      );
    },
    close: () => {},
  };
}

const BAR_CELLS = 28;
const REDRAW_MS = 250;

function showBar({ plan, total, alreadyDone, stream }: ProgressOptions): Progress {
  const draw = createLogUpdate(stream, { showCursor: true });
  const left = new TimeLeft(plan);
  const count = new TrialCount(total, plan);
  let done = alreadyDone;
  const running = new Map<number, PlannedTrial>();
  let live: LiveRate | undefined;
  let before: { at: number; tokens: number } | undefined;
  let tokensPerSecond: number | undefined;
  let failed = 0;
  const redraw = (): void => {
    const filled = Math.round((BAR_CELLS * done) / count.total);
    const bar =
      styleText('cyan', '━'.repeat(filled), { stream }) +
      styleText('dim', '─'.repeat(BAR_CELLS - filled), { stream });
    const rate =
      tokensPerSecond === undefined
        ? ''
        : ` · ${Math.round(tokensPerSecond).toLocaleString('en')} tokens/s, ${live?.openStreams ?? 0} streams`;
    const misses = failed === 0 ? '' : styleText('red', ` · ${failed} failed`, { stream });
    draw(
      `${bar} trial ${Math.min(done + 1, count.total)} of ${count.total} · about ${formatSeconds(left.seconds(count.total - done))} left${misses}\n${styleText('dim', describeAll([...running.values()], plan) + rate, { stream })}`,
    );
  };
  const timer = setInterval(redraw, REDRAW_MS);
  return {
    start: (planned) => {
      count.start(planned);
      left.start();
      running.set(planned.trial, planned);
      live = undefined;
      before = undefined;
      tokensPerSecond = undefined;
      redraw();
    },
    live: (rate) => {
      // With parallel trials, the rate cannot be attributed to one of them.
      if (running.size > 1) return;
      const at = Date.now();
      if (before !== undefined && at > before.at)
        tokensPerSecond = (1000 * (rate.tokensReceived - before.tokens)) / (at - before.at);
      before = { at, tokens: rate.tokensReceived };
      live = rate;
    },
    end: (record) => {
      left.end();
      running.delete(record.trial);
      done++;
      if (record.outcome === 'failed') failed++;
      redraw();
    },
    close: () => {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}
