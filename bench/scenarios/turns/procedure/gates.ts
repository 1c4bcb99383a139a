// Judges the validity of a trial of one conversation: every reply whole, every byte up as the model
// says, and the server's context the one that the client meant.

import type { Gate } from '../../../contract/run-file.ts';
import { turnBodyBytes } from '../../../contract/turn-bytes.ts';
import type { PlannedTurn } from '../../../contract/turn-conversation.ts';
import { contextDigest } from '../../../contract/turn-requests.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { atMost } from '../../../trial/gate.ts';
import {
  otherProgramsGate,
  stealGates,
  swapGate,
  throttlingGate,
  tracerGate,
} from '../../../trial/machine-gates.ts';
import { earlyGate } from '../../../trial/stream-gates.ts';
import type { MeasuredTurns } from './measure.ts';

export interface JudgedTurns extends Pick<
  MeasuredTurns,
  'host' | 'tracers' | 'client' | 'server' | 'relay' | 'specification'
> {
  readonly conversation: readonly PlannedTurn[];
  readonly bytesUpModel: readonly number[];
}

export function checkTurnsGates(measured: JudgedTurns): Gate[] {
  const { host, tracers } = measured;
  return [
    ...stealGates(host),
    // All processes of the trial are among those of the readings.
    otherProgramsGate(host, 0),
    throttlingGate(host),
    swapGate(host),
    tracerGate(tracers),
    ...harnessGates(measured),
    ...correctnessGates(measured),
  ];
}

function harnessGates({ client: { use }, relay, specification }: JudgedTurns): Gate[] {
  const kind = 'harness';
  const runDelay = use.runDelayNs === undefined ? undefined : use.runDelayNs / use.wallNs;
  const roundTripNs = specification.turns?.roundTripNs ?? 0;
  return [
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      use.eventLoopUtilisation,
    ),
    atMost(
      { id: 'H5', kind, title: 'client runnable but not running', limit: 0.05, unit: 'ratio' },
      runDelay,
    ),
    atMost(
      {
        id: 'H10',
        kind,
        title: 'relay held bytes for longer than half of the round trip, p50',
        limit: 1 * NS_PER_MS,
        unit: 'ns',
      },
      relay?.heldP50Ns === undefined ? undefined : relay.heldP50Ns - roundTripNs / 2,
      relay?.heldP50Ns === undefined ? 'the relay held nothing' : undefined,
    ),
  ];
}

function correctnessGates(measured: JudgedTurns): Gate[] {
  const { client, server, conversation, bytesUpModel } = measured;
  const kind = 'correctness';
  const examples = client.errors
    .map(({ cause, count, example }) => `${cause} ×${count}: ${example}`)
    .join('; ');
  const whole = client.turns.filter(({ isWhole }) => isWhole).length;
  return [
    atMost(
      {
        id: 'C1',
        kind,
        title: 'tokens lost, duplicated, reordered or corrupt; hashes that differ',
        limit: 0,
        unit: 'count',
      },
      client.tokenFaults,
    ),
    atMost(
      { id: 'C2', kind, title: 'bytes of replies beside the byte model', limit: 0, unit: 'bytes' },
      client.bytesDownBesideModel,
    ),
    atMost(
      {
        id: 'C2up',
        kind,
        title: 'bytes of requests beside the byte model',
        limit: 0,
        unit: 'bytes',
      },
      besideModel(
        client.turns.map(({ bytesUp }) => bytesUp),
        bytesUpModel,
      ),
    ),
    atMost(
      { id: 'C5', kind, title: 'turns without a whole reply', limit: 0, unit: 'count' },
      conversation.length - whole,
      examples || undefined,
    ),
    earlyGate(server),
    atMost(
      {
        id: 'C11',
        kind,
        title: 'turns whose context the server did not have as its client meant it',
        limit: 0,
        unit: 'count',
      },
      wrongContexts(measured),
    ),
    atMost(
      {
        id: 'C12',
        kind,
        title: 'conversations kept and turns running after the last',
        limit: 0,
        unit: 'count',
      },
      (server.turns?.conversationsKept ?? 0) + (server.turns?.turnsRunning ?? 0),
    ),
  ];
}

/** Sum of the differences, so that one turn cannot make up for another. */
function besideModel(counted: readonly number[], model: readonly number[]): number {
  return counted.reduce((sum, bytes, turn) => sum + Math.abs(bytes - (model[turn] ?? 0)), 0);
}

function wrongContexts({ server, conversation }: JudgedTurns): number {
  const served = new Map(server.turns?.turns.map((turn) => [turn.id, turn]));
  const isAsMeant = ({ id, context, request }: PlannedTurn): boolean => {
    const own = served.get(id);
    return (
      own !== undefined &&
      own.items === context.length &&
      own.digest === contextDigest(context) &&
      own.bodyBytes === turnBodyBytes(request)
    );
  };
  return conversation.filter((turn) => !isAsMeant(turn)).length;
}
