// Procedure `steady`: streams run through one window, at the rate and under the conditions of a
// load point.

import type { TrialSpecification } from '../../contract/messages.ts';
import type { CompletedTrial, Plan } from '../../contract/run-file.ts';
import { isBrowser } from '../../contract/arms/stacks.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import type { PlannedTrial } from '../../plan/trials.ts';
import { pathNames, paths } from '../../contract/arms/paths.ts';
import { runnerOf, type Procedure } from '../../trial/procedure.ts';
import { RAMP_SHARE, specifyTrial, type SpecificationOptions } from '../../trial/specification.ts';
import { conditionsOf } from './conditions.ts';
import { measureSteady, type SteadyReadings } from './measure.ts';
import { recordSteady } from './record.ts';

/** Enough for V8 to compile the code path of a token on both sides. */
const REHEARSAL_TOKENS = 10_000;
/**
 * Fewer: a page has room for six streams at a time, and reports ended streams only every tenth of a
 * second.
 */
const REHEARSAL_TOKENS_IN_BROWSER = 2400;

export const steady: Procedure<'tally', SteadyReadings, CompletedTrial> = {
  id: 'steady',
  tally: 'tally',
  specify: specifySteady,
  opening: limitLink,
  measure: measureSteady,
  record: (planned, measured) => recordSteady(planned, measured),
};

export const runner = runnerOf(steady);

function specifySteady(planned: PlannedTrial, options: SpecificationOptions): TrialSpecification {
  const { plan } = options;
  const common = specifyTrial(planned, options);
  return {
    ...common,
    rehearsalTokens: isBrowser(planned.arm.client) ? REHEARSAL_TOKENS_IN_BROWSER : REHEARSAL_TOKENS,
    ...conditionsOf(planned, plan, common.workload),
    ...arrivalsOf(plan, common.drainNs),
    ...rampOf(planned, plan),
    windowNs: plan.windowNs,
  };
}

/** Of 30,000 first tokens, one comes later than four σ beyond the median. */
const LATEST_FIRST_TOKEN_SIGMAS = 4;

/**
 * The processes need no more of arrivals than when streams begin and how long they are. A stream
 * that begins at the end has its only token after it.
 */
function arrivalsOf(
  { arrivals, workload }: Plan,
  drainNs: number,
): Pick<TrialSpecification, 'arrivals'> & Partial<Pick<TrialSpecification, 'drainNs'>> {
  if (arrivals === undefined) return {};
  const { firstTokenMedianMs, firstTokenSigma } = workload;
  const latestNs =
    firstTokenMedianMs * NS_PER_MS * Math.exp(LATEST_FIRST_TOKEN_SIGMAS * firstTokenSigma);
  const { kind } = arrivals;
  return {
    arrivals:
      kind === 'drawn'
        ? { kind, model: arrivals.model }
        : { kind, startNs: arrivals.startNs, tokens: arrivals.tokens },
    drainNs: drainNs + latestNs,
  };
}

/** A load point with a limited link is measured over the path that can limit bytes. */
function limitLink({ loadPoint: { linkBytesPerSecond } }: PlannedTrial) {
  if (linkBytesPerSecond === undefined) return {};
  return { path: pathNames.find((name) => paths[name].usesRelay), linkBytesPerSecond };
}

/**
 * With a low phase, both groups of streams have the same ramp, each in its own part of the warm-up.
 */
function rampOf(
  { loadPoint }: PlannedTrial,
  { warmupNs, lowPhase }: Plan,
): Pick<TrialSpecification, 'rampNs' | 'lowPhase'> {
  if (lowPhase === undefined) return { rampNs: warmupNs * RAMP_SHARE };
  const { share, untilNs } = lowPhase;
  return {
    rampNs: Math.min(untilNs, warmupNs - untilNs) * RAMP_SHARE,
    lowPhase: { connections: Math.round(share * loadPoint.connections), untilNs },
  };
}
