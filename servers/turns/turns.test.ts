import { expect, describe, it, onTestFinished } from 'vitest';
import {
  contextDigest,
  MOST_TURN_BYTES,
  type ContextItem,
} from '../../bench/contract/turn-requests.ts';
import { MIB } from '../../bench/contract/units.ts';
import { sliceStart, streamText } from '../../bench/contract/workload.ts';
import { startTestServer, type TestServer } from '../twin-fixture.ts';
import { TurnLedger, type TurnLimits } from './turn-ledger.ts';
import {
  askTurn,
  beginTurn,
  openTurnSocket,
  readAnswer,
  type Answer,
  type TurnTransport,
} from './turns-fixture.ts';

interface Twin {
  readonly transport: TurnTransport;
  readonly server: TestServer;
  readonly ledger: TurnLedger;
  readonly ask: (turn: object | string) => Promise<Answer>;
}

const transports = ['sse-post', 'ws'] as const;

async function startTwin(
  transport: TurnTransport,
  limits: Partial<TurnLimits> = {},
  delayNs?: number,
): Promise<Twin> {
  const ledger = new TurnLedger();
  const server = await startTestServer(transport, { turns: { ledger, limits, delayNs } });
  onTestFinished(async () => await server.close());
  return {
    transport,
    server,
    ledger,
    ask: async (turn) => await askTurn(transport, server.port, turn),
  };
}

const tool = (text: string): ContextItem => ({ role: 'tool', text });

const turnOf = (id: string, fields: object = {}): object => ({
  type: 'response.create',
  id,
  seed: 7,
  max_output_tokens: 5,
  store: true,
  input: [tool(`result of ${id}`)],
  ...fields,
});

/** Polls after every turn of the event loop; the test's own timeout is the bound. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const idle = ({ ledger, server }: Twin): boolean =>
  ledger.turnsRunning === 0 && server.streams.openStreams === 0;

describe.each(transports)('%s', (transport) => {
  it('a conversation is kept from turn to turn, and forgotten after its last', async () => {
    const twin = await startTwin(transport);
    const { ask, ledger, server } = twin;
    expect(await ask(turnOf('a0'))).toEqual({ status: 200, tokens: 5 });
    expect(ledger.conversationsKept).toBe(1);
    await ask(turnOf('a1', { previous_response_id: 'a0' }));
    expect(ledger.conversationsKept).toBe(1);
    await ask(turnOf('a2', { previous_response_id: 'a1', store: false }));
    await until(() => idle(twin));
    expect(ledger.conversationsKept).toBe(0);
    const { source } = server.planned;
    const reply = {
      role: 'assistant',
      text: streamText(source, sliceStart(source, 7), 5),
    } as const;
    const whole = [tool('result of a0'), reply, tool('result of a1'), reply, tool('result of a2')];
    const [, , last] = ledger.tally().turns;
    expect(last).toMatchObject({ id: 'a2', items: 5, digest: contextDigest(whole) });
    // The same context, sent as a whole, is the same to the server.
    await ask(turnOf('b0', { input: whole, store: false }));
    expect(ledger.tally().turns[3]).toMatchObject({ items: 5, digest: contextDigest(whole) });
  });

  it('a second turn while one runs is refused, and the first goes on', async () => {
    const twin = await startTwin(transport);
    await twin.ask(turnOf('a0'));
    const long = twin.ask(turnOf('a1', { previous_response_id: 'a0', max_output_tokens: 800 }));
    await until(() => twin.ledger.turnsRunning === 1);
    const both = await Promise.all([
      twin.ask(turnOf('a2', { previous_response_id: 'a0' })),
      twin.ask(turnOf('a2', { previous_response_id: 'a1' })),
      twin.ask(turnOf('a1')),
    ]);
    expect(both.map(({ status, error }) => [status, error?.code])).toEqual(
      Array.from({ length: 3 }, () => [409, 'turn_in_progress']),
    );
    expect(await long).toEqual({ status: 200, tokens: 800 });
    expect(twin.ledger.tally().refused).toEqual({ turn_in_progress: 3 });
  });

  it('a client that is gone in the middle of a reply leaves the context as it was', async () => {
    const twin = await startTwin(transport);
    await twin.ask(turnOf('a0'));
    const again = { previous_response_id: 'a0', max_output_tokens: 5 };
    if (transport === 'ws') {
      const webSocket = await openTurnSocket(twin.server.port);
      webSocket.send(JSON.stringify(turnOf('a1', { ...again, max_output_tokens: 5000 })));
      await until(() => twin.ledger.turnsRunning === 1);
      webSocket.terminate();
    } else {
      const controller = new AbortController();
      const cut = fetch(`http://127.0.0.1:${twin.server.port}/v1/turns`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(turnOf('a1', { ...again, max_output_tokens: 5000 })),
        signal: controller.signal,
      }).catch(() => undefined);
      await until(() => twin.ledger.turnsRunning === 1);
      controller.abort();
      await cut;
    }
    await until(() => idle(twin));
    expect(twin.ledger.conversationsKept).toBe(1);
    expect(await twin.ask(turnOf('a1', again))).toEqual({ status: 200, tokens: 5 });
  });

  it('an upload that is cut begins no turn', async () => {
    const twin = await startTwin(transport);
    const { socket, ended } = await beginTurn(transport, twin.server.port);
    socket.destroy();
    await ended;
    await until(() => idle(twin));
    expect(twin.ledger.tally().turns).toEqual([]);
    expect((await twin.ask(turnOf('a0'))).status).toBe(200);
    await twin.server.close();
    expect(await twin.server.countConnections().catch(() => 0)).toBe(0);
  });

  it('an upload that never ends is answered with 408, and its connection closed', async () => {
    const twin = await startTwin(transport, { uploadMs: 60 });
    const { ended } = await beginTurn(transport, twin.server.port);
    const heard = await ended;
    expect(heard).toContain(
      '{"type":"error","status":408,"error":{"code":"upload_timeout","message":"the turn did not end within 60 ms"}}',
    );
    expect(twin.ledger.tally().refused).toEqual({ upload_timeout: 1 });
    // A turn that is whole is not limited: its reply takes longer.
    expect(await twin.ask(turnOf('a0', { max_output_tokens: 300 }))).toMatchObject({ tokens: 300 });
  });

  it('an upload that is refused before it has come does not keep its connection', async () => {
    const twin = await startTwin(transport, { uploadMs: 60 });
    const { ended } = await beginTurn(transport, twin.server.port, 2 * MOST_TURN_BYTES);
    // 1009 in a close frame, or the status.
    expect(await ended).toContain(transport === 'ws' ? '\u0003\u00f1' : 'HTTP/1.1 413 ');
    expect((await twin.ask(turnOf('a0'))).status).toBe(200);
  });

  it('a conversation that no turn continues is forgotten, and its turn then refused', async () => {
    const twin = await startTwin(transport, { keptMs: 30 });
    await twin.ask(turnOf('a0'));
    expect(twin.ledger.conversationsKept).toBe(1);
    await until(() => twin.ledger.conversationsKept === 0);
    expect(await twin.ask(turnOf('a1', { previous_response_id: 'a0' }))).toMatchObject({
      status: 404,
      error: { code: 'unknown_response' },
    });
  });

  it('a server that closes while a reply is delayed begins none', async () => {
    const twin = await startTwin(transport, {}, 60_000e6);
    const asked = twin.ask(turnOf('a0')).catch(() => undefined);
    await until(() => twin.ledger.turnsRunning === 1);
    await twin.server.close();
    await asked;
    expect(twin.server.streams.openStreams).toBe(0);
  });
});

it('the next turn on a WebSocket is refused until the reply before it is done', async () => {
  const { server } = await startTwin('ws');
  const webSocket = await openTurnSocket(server.port);
  const first = readAnswer(webSocket);
  webSocket.send(JSON.stringify(turnOf('a0', { max_output_tokens: 200 })));
  webSocket.send(JSON.stringify(turnOf('b0')));
  expect(await first).toMatchObject({ status: 409, error: { code: 'turn_in_progress' } });
  expect(await readAnswer(webSocket)).toMatchObject({ status: 200 });
  webSocket.terminate();
});

describe('both twins answer the same to what they do not take', () => {
  const wrong: readonly (readonly [string, object | string])[] = [
    ['is not JSON', '{"type":"response.create",'],
    ['is empty', ' '],
    ['is an array', '[]'],
    ['has no input', turnOf('a0', { input: [] })],
    ['has a role that is none', turnOf('a0', { input: [{ role: 'system', text: '' }] })],
    ['asks for no tokens', turnOf('a0', { max_output_tokens: 0 })],
    ['asks for too many tokens', turnOf('a0', { max_output_tokens: 1e6 })],
    ['has an id that is none', turnOf('a/0')],
    ['continues a reply that is not kept', turnOf('a0', { previous_response_id: 'z9' })],
  ];
  it.each(wrong)('a turn that %s', async (_what, turn) => {
    const twins = [await startTwin('sse-post'), await startTwin('ws')];
    const [byPost, bySocket] = await Promise.all(twins.map(async ({ ask }) => await ask(turn)));
    expect(byPost?.error?.message).not.toBe('');
    expect([400, 404]).toContain(byPost?.status);
    expect(bySocket).toMatchObject({ status: byPost?.status, error: byPost?.error });
    for (const { ledger } of twins) expect(ledger.turnsRunning).toBe(0);
  });

  it('as many conversations as it may keep', async () => {
    for (const transport of transports) {
      const { ask } = await startTwin(transport, { mostConversations: 1 });
      await ask(turnOf('a0'));
      expect(await ask(turnOf('b0'))).toMatchObject({ status: 503, error: { code: 'overloaded' } });
    }
  });

  it('a turn or a context that is too large: 413, or the close code 1009', async () => {
    const large = turnOf('a0', { input: [tool('x'.repeat(MOST_TURN_BYTES))] });
    const byPost = await startTwin('sse-post');
    expect(await byPost.ask(large)).toMatchObject({ status: 413, error: { code: 'too_large' } });
    const bySocket = await startTwin('ws');
    expect(await bySocket.ask(large)).toEqual({ status: 1009, tokens: 0 });
    for (const { ledger } of [byPost, bySocket])
      expect(ledger.tally().refused).toEqual({ too_large: 1 });
    const half = [tool('x'.repeat(MIB - 1000))];
    for (let turn = 0; turn < 4; turn++)
      expect(
        await byPost.ask(
          turnOf(`b${turn}`, {
            input: half,
            ...(turn > 0 && { previous_response_id: `b${turn - 1}` }),
          }),
        ),
      ).toMatchObject({ status: 200 });
    expect(
      await byPost.ask(turnOf('b4', { input: half, previous_response_id: 'b3' })),
    ).toMatchObject({ status: 413, error: { code: 'too_large' } });
  });
});
