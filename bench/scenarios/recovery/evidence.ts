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
      // Undefined where a client that was interrupted never received a new token.
      holds: (value) => value !== undefined,
    }),
  'event-stream-loses-nothing': (analysis) =>
    answersOf(analysis, {
      metric: 'lost',
      isAsked: ({ transport }) => transports[transport].protocol === 'event-stream',
      holds: (value) => value === 0,
    }),
  'websocket-loses-more': lossesOfWebSocket,
};

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
  readonly holds: (value: number | undefined) => boolean;
}

function answersOf(analysis: Analysis, { metric, isAsked, holds }: Counted): readonly Answer[] {
  return analysis.loadPoints.flatMap((point) =>
    point.arms
      .filter(({ name, arm }) => isAsked(arm, point) && isHit(analysis, point, name))
      .flatMap(({ name, arm }): readonly Answer[] => {
        const values = valuesOf(point, metric, name);
        const held = values.filter(holds).length;
        return [{ ...placeOf(point, [arm]), endpoint: metric, held, of: values.length }];
      }),
  );
}

/** Trials in which WebSocket lost more tokens than the event stream did in the same block. */
function lossesOfWebSocket(analysis: Analysis): readonly Answer[] {
  return analysis.loadPoints.flatMap((point) => {
    const armsOf = (protocol: string) =>
      point.arms.filter(({ arm }) => transports[arm.transport].protocol === protocol);
    return armsOf('event-stream').flatMap(({ name, arm }) =>
      armsOf('websocket')
        .filter((other) => other.arm.client === arm.client && other.arm.path === arm.path)
        .filter((other) => isHit(analysis, point, name) && isHit(analysis, point, other.name))
        .flatMap((other): readonly Answer[] => {
          const [own, others] = [name, other.name].map((one) => valuesOf(point, 'lost', one));
          if (own === undefined || others === undefined || own.length !== others.length) return [];
          const held = others.filter((lost = 0, index) => lost > (own[index] ?? 0)).length;
          const place = placeOf(point, [arm, other.arm]);
          return [{ ...place, endpoint: 'lost', held, of: others.length }];
        }),
    );
  });
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
