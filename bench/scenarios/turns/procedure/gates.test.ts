import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fixtureRun } from '../../../analysis/analysis-fixture.ts';
import type { CompletedTrial } from '../../../contract/run-file.ts';
import { turnBodyBytes } from '../../../contract/turn-bytes.ts';
import { planConversation } from '../../../contract/turn-conversation.ts';
import { contextDigest } from '../../../contract/turn-requests.ts';
import { openTokenSource } from '../../../contract/workload.ts';
import { checkTurnsGates, type JudgedTurns } from './gates.ts';

const conversation = planConversation({
  part: 'measured',
  repeat: 0,
  workloadSeed: 7,
  turns: 4,
  inputBytes: 100,
  replyTokens: 10,
  context: 'increment',
  source: openTokenSource({
    tokenFile: fileURLToPath(new URL('../../../workloads/tokens.json', import.meta.url)),
    segments: [],
  }),
});

const [fixture] = fixtureRun({ blocks: 1 }).trials as readonly CompletedTrial[];
const bytesUp = [900, 500, 501, 502];

function judged(
  edit: Partial<Pick<JudgedTurns, 'client' | 'server' | 'bytesUpModel'>> = {},
): JudgedTurns {
  const { client, server } = fixture!;
  return {
    host: {} as JudgedTurns['host'],
    tracers: [],
    relay: undefined,
    specification: { turns: { roundTripNs: 0 } } as JudgedTurns['specification'],
    conversation,
    bytesUpModel: bytesUp,
    client: {
      node: client.node,
      use: client.use,
      turns: bytesUp.map((bytes, turn) => ({ startNs: turn, isWhole: true, bytesUp: bytes })),
      connectionsOpened: 1,
      errors: [],
      tokenFaults: 0,
      bytesDownBesideModel: 0,
    },
    server: {
      ...server,
      turns: {
        turns: conversation.map(({ id, context, request }) => ({
          id,
          bodyBytes: turnBodyBytes(request),
          items: context.length,
          digest: contextDigest(context),
        })),
        refused: {},
        conversationsKept: 0,
        turnsRunning: 0,
      },
    },
    ...edit,
  };
}

const missed = (measured: JudgedTurns): readonly string[] =>
  checkTurnsGates(measured)
    .filter(({ kind, ok }) => kind === 'correctness' && !ok)
    .map(({ id }) => id);

const served = judged().server.turns!;

it('a conversation as it was planned misses no gate', () => {
  expect(missed(judged())).toEqual([]);
});

it('one byte up beside the model is found, and another turn cannot make up for it', () => {
  expect(missed(judged({ bytesUpModel: [900, 499, 502, 502] }))).toEqual(['C2up']);
});

it('a reply that is not whole is found, and so is a turn that was never asked for', () => {
  const { client } = judged();
  const cut = client.turns.map((turn, index) => ({ ...turn, isWhole: index !== 2 }));
  expect(missed(judged({ client: { ...client, turns: cut } }))).toEqual(['C5']);
  expect(missed(judged({ client: { ...client, turns: client.turns.slice(0, 3) } }))).toEqual([
    'C5',
  ]);
});

it.each([
  ['another digest', { digest: '0'.repeat(16) }],
  ['an item less', { items: 2 }],
  ['a body of another length', { bodyBytes: 7 }],
])('a server that had %s is found', (_what, wrong) => {
  const { server } = judged();
  const turns = served.turns.map((turn, index) => (index === 1 ? { ...turn, ...wrong } : turn));
  expect(missed(judged({ server: { ...server, turns: { ...served, turns } } }))).toEqual(['C11']);
});

it('what a server still keeps or runs after the last turn is found', () => {
  const { server } = judged();
  for (const left of [{ conversationsKept: 1 }, { turnsRunning: 1 }])
    expect(missed(judged({ server: { ...server, turns: { ...served, ...left } } }))).toEqual([
      'C12',
    ]);
});
