// Converts the measurements of a conversation into the saved record, gates judged.

import assert from 'node:assert/strict';
import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import { transports } from '../../../contract/arms/transports.ts';
import { WEBSOCKET_PROTOCOL } from '../../../contract/arms/websocket.ts';
import type { TurnsTrial } from '../../../contract/run-file.ts';
import { turnBytesUp } from '../../../contract/turn-bytes.ts';
import { planConversation, type PlannedTurn } from '../../../contract/turn-conversation.ts';
import { openTokenSource } from '../../../contract/workload.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkTurnsGates } from './gates.ts';
import type { MeasuredTurns } from './measure.ts';

export function recordTurns(planned: PlannedTrial, measured: MeasuredTurns): TurnsTrial {
  const { client, server, relay } = measured;
  const conversation = conversationOf(measured);
  const bytesUpModel = conversation
    .slice(0, client.turns.length)
    .map((turn, index) => modelOf(turn, index, measured));
  const later = client.turns.slice(1).filter(({ isWhole }) => isWhole);
  const distribution = (moment: 'firstTokenNs' | 'lastTokenNs') =>
    summariseDistribution(
      Float64Array.from(later, (turn) => (turn[moment] ?? Number.NaN) - turn.startNs),
    );
  const [turnNs, turnFirstTokenNs] = [distribution('lastTokenNs'), distribution('firstTokenNs')];
  return {
    ...recordOf(planned, measured),
    windowNs: client.use.wallNs,
    outcome: 'turns',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 1 },
    distributions: {
      ...(turnNs !== undefined && { turnNs }),
      ...(turnFirstTokenNs !== undefined && { turnFirstTokenNs }),
    },
    turns: { client, server, ...(relay !== undefined && { relay }), bytesUpModel },
    gates: checkTurnsGates({ ...measured, conversation, bytesUpModel }),
    warnings: [],
  };
}

function conversationOf({ specification }: MeasuredTurns): readonly PlannedTurn[] {
  const { turns, workload, workloadSeed, payload } = specification;
  assert(turns !== undefined, 'a trial of this procedure has conditions of turns');
  return planConversation({
    ...turns,
    part: 'measured',
    repeat: 0,
    workloadSeed,
    replyTokens: workload.tokensPerStream,
    source: openTokenSource(workload, payload),
  });
}

function modelOf(
  { request }: PlannedTurn,
  turn: number,
  { specification, clientAuthority: authority }: MeasuredTurns,
): number {
  const { protocol } = transports[specification.transport];
  const connection = specification.turns?.connection ?? 'new';
  return turnBytesUp(request, { protocol, connection, turn, authority }, WEBSOCKET_PROTOCOL);
}
