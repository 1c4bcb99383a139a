// What trials with faults answer claims: in how many of them streams came back, and lost nothing.

import { armName, armTitle, type Arm } from '../../contract/arms/arms.ts';
import { clientStacks } from '../../contract/arms/stacks.ts';
import { transports } from '../../contract/arms/transports.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { Answer, ScenarioEvidence } from '../../claims/claim-reading.ts';
import type { RecoveryFindings } from './findings.ts';

export const recoveryEvidence: ScenarioEvidence = {
  'event-source-returns': (analysis) =>
    answersOf(analysis, {
      metric: 'resumed.max',
      isAsked: (arm, { loadPoint }) => isEventSource(arm, loadPoint.policy === 'as-specified'),
      count: returns,
    }),
  'event-stream-loses-nothing': (analysis) =>
    answersOf(analysis, {
      metric: 'lost',
      isAsked: isStream,
      count: (valuesOfMetric) => {
        const lost = valuesOfMetric('lost');
        return { held: lost.filter((tokens) => tokens === 0).length, of: lost.length };
      },
    }),
  'websocket-loses-more': lossesOfWebSocket,
};

type Values = (metric: string) => readonly (number | undefined)[];

type Count = Pick<Answer, 'held' | 'of'>;

/**
 * The time to the last client that resumed is undefined where one never did, whose tokens are then
 * lost, and where none was interrupted, which shows nothing.
 */
function returns(valuesOfMetric: Values): Count {
  const lost = valuesOfMetric('lost');
  const resumed = valuesOfMetric('resumed.max');
  const held = resumed.filter((value) => value !== undefined).length;
  const gone = resumed.filter((value, trial) => value === undefined && (lost[trial] ?? 0) > 0);
  return { held, of: held + gone.length };
}

/** A client that reconnects by the rules of EventSource, not by a policy of this harness. */
function isEventSource({ transport, client }: Arm, isAsSpecified: boolean): boolean {
  const { protocol, specifiedReconnect } = transports[transport];
  return (
    protocol === 'event-stream' &&
    specifiedReconnect !== undefined &&
    (isAsSpecified || clientStacks[client].reconnectsItself)
  );
}

interface Counted {
  readonly metric: string;
  readonly isAsked: (arm: Arm, point: LoadPointAnalysis) => boolean;
  readonly count: (valuesOfMetric: Values) => Count;
}

function answersOf(analysis: Analysis, { metric, isAsked, count }: Counted): readonly Answer[] {
  return analysis.loadPoints.flatMap((point) =>
    point.arms
      .filter(({ name, arm }) => isAsked(arm, point) && isHit(analysis, point, name))
      .map(({ name, arm }) =>
        Object.assign(placeOf(point, [arm]), {
          endpoint: metric,
          ...count((id) => valuesOf(point, id, name)),
        }),
      ),
  );
}

/** Blocks in which WebSocket lost more tokens than the event stream. */
function lossesOfWebSocket(analysis: Analysis): readonly Answer[] {
  return analysis.loadPoints.flatMap((point) =>
    point.comparisons
      .filter(({ metric }) => metric === 'lost')
      .flatMap(({ otherArm, baselineArm = analysis.baseline, pairs }): readonly Answer[] => {
        const [other, baseline] = [otherArm, baselineArm].map((name) =>
          point.arms.find((one) => one.name === name),
        );
        if (other === undefined || baseline === undefined) return [];
        const isOther = isProtocol(other.arm, 'websocket') && isStream(baseline.arm);
        const isBaseline = isProtocol(baseline.arm, 'websocket') && isStream(other.arm);
        const isAsked = [other, baseline].every(({ name }) => isHit(analysis, point, name));
        if (!(isOther || isBaseline) || !isAsked || !areAlike(other.arm, baseline.arm)) return [];
        const more = pairs.map((pair) =>
          isOther ? pair.other - pair.baseline : pair.baseline - pair.other,
        );
        const arms = isOther ? [baseline.arm, other.arm] : [other.arm, baseline.arm];
        const held = more.filter((tokens) => tokens > 0).length;
        return [{ ...placeOf(point, arms), endpoint: 'lost', held, of: more.length }];
      }),
  );
}

type Protocol = (typeof transports)[Arm['transport']]['protocol'];

function isProtocol({ transport }: Arm, protocol: Protocol): boolean {
  return transports[transport].protocol === protocol;
}

const isStream = (arm: Arm): boolean => isProtocol(arm, 'event-stream');

function areAlike(one: Arm, other: Arm): boolean {
  return one.client === other.client && one.path === other.path && one.tls === other.tls;
}

function valuesOf(
  { summaries }: LoadPointAnalysis,
  metric: string,
  name: string,
): readonly (number | undefined)[] {
  return summaries.find((one) => one.metric === metric && one.arm === name)?.values ?? [];
}

/** A fault that interrupted no stream shows nothing of coming back. */
function isHit(analysis: Analysis, { loadPoint }: LoadPointAnalysis, name: string): boolean {
  const { recovery } = analysis as Analysis & RecoveryFindings;
  const arm = recovery.faults
    .find((fault) => fault.loadPoint === loadPoint)
    ?.arms.find((one) => one.arm === name);
  return arm !== undefined && arm.clients.resumed + arm.clients.neverBack > 0;
}

function placeOf({ loadPoint }: LoadPointAnalysis, arms: readonly Arm[]) {
  const [first] = arms as [Arm, ...Arm[]];
  const isPlain = armTitle(first) === transports[first.transport].title;
  return {
    loadPoint,
    condition: loadPointTitle(loadPoint) + (isPlain ? '' : `, ${armTitle(first)}`),
    arms: arms.map(armName),
  };
}
