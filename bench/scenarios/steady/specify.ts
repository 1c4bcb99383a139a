// What the processes of a steady trial are told. Apart from what measures it, since a report plans
// the same streams again from a saved trial.

import type { TrialSpecification } from '../../contract/messages.ts';
import type { Plan } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { isBrowser } from '../../contract/arms/stacks.ts';
import {
  RAMP_SHARE,
  specifyTrial,
  type SpecificationOptions,
  type SpecifiedTrial,
} from '../../trial/specification.ts';
import { conditionsOf } from './conditions.ts';

/** Enough for V8 to compile the code path of a token on both sides. */
const REHEARSAL_TOKENS = 10_000;
/**
 * Fewer: a page has room for six streams at a time, and reports ended streams only every tenth of a
 * second.
 */
const REHEARSAL_TOKENS_IN_BROWSER = 2400;

export function specifySteady(
  planned: SpecifiedTrial,
  options: SpecificationOptions,
): TrialSpecification {
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

/**
 * With a low phase, both groups of streams have the same ramp, each in its own part of the warm-up.
 */
function rampOf(
  { loadPoint }: SpecifiedTrial,
  { warmupNs, lowPhase }: Plan,
): Pick<TrialSpecification, 'rampNs' | 'lowPhase'> {
  if (lowPhase === undefined) return { rampNs: warmupNs * RAMP_SHARE };
  const { share, untilNs } = lowPhase;
  return {
    rampNs: Math.min(untilNs, warmupNs - untilNs) * RAMP_SHARE,
    lowPhase: { connections: Math.round(share * loadPoint.connections), untilNs },
  };
}
