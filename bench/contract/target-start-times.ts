// The streams of a trial on a target begin at times, and with prompts, drawn from the seed of its
// block, so that all arms of a block are asked for the same things at the same times.

import { deriveSeed, drawBelow, seededDraw } from './random.ts';
import { NS_PER_S } from './units.ts';

export interface PlannedStart {
  /** Ns since T0. */
  readonly atNs: number;
  /** Index of its prompt. */
  readonly prompt: number;
}

interface Arrivals {
  readonly seed: number;
  readonly startsPerSecond: number;
  readonly untilNs: number;
  readonly prompts: number;
}

/** Poisson arrivals in [0, untilNs). */
export function planStarts({ seed, startsPerSecond, untilNs, prompts }: Arrivals): PlannedStart[] {
  const draw = seededDraw(deriveSeed(seed, 1));
  const drawPrompt = seededDraw(deriveSeed(seed, 2));
  const starts: PlannedStart[] = [];
  for (let atNs = 0; ;) {
    atNs += (-Math.log(1 - draw()) / startsPerSecond) * NS_PER_S;
    if (atNs >= untilNs) return starts;
    starts.push({ atNs, prompt: drawBelow(drawPrompt, prompts) });
  }
}
