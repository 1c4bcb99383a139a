// Finds the two arms of a source in a run: of its transports, and alike in all else.

import { armName, type Arm } from '../contract/arms/arms.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import type { Analysis } from '../analysis/analysis.ts';

export interface PairedArms {
  readonly first: Arm;
  readonly second: Arm;
}

/** All pairs of arms of these two transports between which nothing else differs. */
export function pairedArms(
  { plan }: Analysis,
  first: TransportId,
  second: TransportId,
): readonly PairedArms[] {
  const ofTransport = (transport: TransportId): readonly Arm[] =>
    plan.arms.filter((arm) => arm.transport === transport && isPlain(arm));
  return ofTransport(first).flatMap((one) =>
    ofTransport(second)
      .filter((other) => isAlike(one, other))
      .map((other) => ({ first: one, second: other })),
  );
}

function isPlain({ label, writes }: Arm): boolean {
  return label === undefined && writes === undefined;
}

function isAlike(one: Arm, other: Arm): boolean {
  const [a, b] = [one.streamsPerConnection, other.streamsPerConnection];
  return (
    one.client === other.client &&
    one.path === other.path &&
    one.tls === other.tls &&
    // Two targets are two servers, and are named so; a target and a twin are nothing alike.
    (one.target === undefined) === (other.target === undefined) &&
    (a === undefined || b === undefined || a === b)
  );
}

export function armNames({ first, second }: PairedArms): readonly [string, string] {
  return [armName(first), armName(second)];
}
