// The live display of a run, on stderr: a bar and the live rate on a terminal, one plain line a trial elsewhere.

import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { Plan, TrialRecord } from '../contract/run-file.ts';
import { armName } from '../contract/transports.ts';
import { NS_PER_S } from '../contract/units.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { TAIL_NS, type LiveRate } from '../trial/measure-trial.ts';

export interface Progress {
  start: (planned: PlannedTrial) => void;
  live: (rate: LiveRate) => void;
  end: (record: TrialRecord) => void;
  /** Leaves the terminal as it is meant to stay. */
  close: () => void;
}

interface ProgressOptions {
  readonly plan: Plan;
  readonly total: number;
  readonly alreadyDone: number;
  readonly stream: NodeJS.WriteStream;
}

export const silentProgress: Progress = { start: () => {}, live: () => {}, end: () => {}, close: () => {} };

export function showProgress(options: ProgressOptions): Progress {
  // A terminal that says it has no rows shows nothing that is redrawn.
  return options.stream.isTTY && options.stream.rows > 0 ? showBar(options) : showLines(options);
}

/** Seconds that the trials to come will take, from the plan and from what the finished ones took beyond it. */
class TimeLeft {
  readonly #plannedS: number;
  #finished = 0;
  #tookS = 0;
  #startedAt = Date.now();

  constructor(plan: Plan) {
    const GUESSED_OVERHEAD_S = 1;
    this.#plannedS = (plan.warmupNs + plan.windowNs + TAIL_NS + plan.cooldownNs) / NS_PER_S + GUESSED_OVERHEAD_S;
  }

  start(): void {
    this.#startedAt = Date.now();
  }

  end(): void {
    this.#finished++;
    this.#tookS += (Date.now() - this.#startedAt) / 1000;
  }

  seconds(trialsLeft: number, isRunning: boolean): number {
    const perTrialS = this.#finished === 0 ? this.#plannedS : this.#tookS / this.#finished;
    const spentS = isRunning ? (Date.now() - this.#startedAt) / 1000 : 0;
    return Math.max(0, trialsLeft * perTrialS - Math.min(spentS, perTrialS));
  }
}

function describe(planned: PlannedTrial, plan: Plan): string {
  const load = plan.loadPoints.length > 1 ? ` at ${planned.loadPoint.connections} connections` : '';
  const block = planned.burnIn ? 'burn-in block' : `block ${planned.block - plan.burnInBlocks + 1} of ${plan.blocks}`;
  const again = planned.attempt === undefined ? '' : ', again because the machine disturbed it';
  return `${block}, ${armName(planned.arm)}${load}${again}`;
}

/** How many trials there will be: repeated blocks come on top of the plan as they begin. */
class TrialCount {
  readonly #perBlock: number;
  readonly #repeated = new Set<number>();
  total: number;

  constructor(total: number, { arms, loadPoints }: Plan) {
    this.total = total;
    this.#perBlock = arms.length * loadPoints.length;
  }

  start({ block, attempt }: PlannedTrial): void {
    if (attempt === undefined || this.#repeated.has(block)) return;
    this.#repeated.add(block);
    this.total += this.#perBlock;
  }
}

function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

function showLines({ plan, total, alreadyDone, stream }: ProgressOptions): Progress {
  const left = new TimeLeft(plan);
  const count = new TrialCount(total, plan);
  let done = alreadyDone;
  let current = '';
  return {
    start: (planned) => {
      count.start(planned);
      left.start();
      current = describe(planned, plan);
    },
    live: () => {},
    end: (record) => {
      left.end();
      done++;
      const outcome = record.outcome === 'completed' ? 'done' : `FAILED: ${record.failure.message}`;
      stream.write(
        `trial ${done}/${count.total} · ${current} · ${outcome} · about ${formatSeconds(left.seconds(count.total - done, false))} left\n`,
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
  let current = 'starting';
  let live: LiveRate | undefined;
  let before: { at: number; tokens: number } | undefined;
  let tokensPerSecond: number | undefined;
  let failed = 0;
  const redraw = (): void => {
    const filled = Math.round((BAR_CELLS * done) / count.total);
    const bar = styleText('cyan', '━'.repeat(filled), { stream }) + styleText('dim', '─'.repeat(BAR_CELLS - filled), { stream });
    const rate =
      tokensPerSecond === undefined
        ? ''
        : ` · ${Math.round(tokensPerSecond).toLocaleString('en')} tokens/s, ${live?.openStreams ?? 0} streams`;
    const misses = failed === 0 ? '' : styleText('red', ` · ${failed} failed`, { stream });
    draw(
      `${bar} trial ${Math.min(done + 1, count.total)} of ${count.total} · about ${formatSeconds(left.seconds(count.total - done, true))} left${misses}\n${styleText('dim', current + rate, { stream })}`,
    );
  };
  const timer = setInterval(redraw, REDRAW_MS);
  return {
    start: (planned) => {
      count.start(planned);
      left.start();
      current = describe(planned, plan);
      live = undefined;
      before = undefined;
      tokensPerSecond = undefined;
      redraw();
    },
    live: (rate) => {
      const at = Date.now();
      if (before !== undefined && at > before.at) tokensPerSecond = (1000 * (rate.tokensReceived - before.tokens)) / (at - before.at);
      before = { at, tokens: rate.tokensReceived };
      live = rate;
    },
    end: (record) => {
      left.end();
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
