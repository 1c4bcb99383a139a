// Turns over a WebSocket: each is a message, and the next may be sent once the last has said `done`.

import websocketPlugin from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { closeCodes, renderTyped } from '../../bench/contract/control-events.ts';
import {
  MOST_TURN_BYTES,
  renderRefusal,
  TURNS_PATH,
  turnRefusals,
  type TurnRefusal,
} from '../../bench/contract/turn-requests.ts';
import type { TwinParts } from '../admission.ts';
import { KEEP_ALIVE_MS, keptSink } from '../kept-sink.ts';
import { buildTwin } from '../twin.ts';
import { webSocketSink, type WebSocketConnection } from '../websocket-sink.ts';
import { refusePlain, webSocketServer } from '../websocket.ts';
import { isTaken, TurnCore, uploadTimeout } from './turn-core.ts';
import type { TurnsParts } from './turn-ledger.ts';

export function buildWebSocketTurns(parts: TwinParts, turns: TurnsParts): FastifyInstance {
  const app = buildTwin(parts);
  const core = new TurnCore(parts, turns);
  void app.register(websocketPlugin, webSocketServer({ mostMessageBytes: MOST_TURN_BYTES }));
  void app.register((scope, _options, done) => {
    scope.route({
      method: 'GET',
      url: TURNS_PATH,
      handler: refusePlain,
      wsHandler: (webSocket, request) =>
        serveTurns(core, { webSocket, socket: request.raw.socket }),
    });
    done();
  });
  app.addHook('onClose', () => core.close());
  return app;
}

function serveTurns(core: TurnCore, connection: WebSocketConnection): void {
  const { webSocket, socket } = connection;
  let isRunning = false;
  let idle: NodeJS.Timeout | undefined;
  let upload: NodeJS.Timeout | undefined;
  const wait = (): void => {
    isRunning = false;
    if (webSocket.readyState === webSocket.OPEN)
      idle = setTimeout(() => webSocket.close(closeCodes.normal), KEEP_ALIVE_MS);
  };
  const stopUpload = (): void => {
    clearTimeout(upload);
    upload = undefined;
  };
  const refuse = (refusal: TurnRefusal): void => {
    core.refuse(refusal);
    webSocket.send(renderRefusal(refusal), () => undefined);
    const { closeCode } = turnRefusals[refusal.code];
    if (closeCode !== undefined) webSocket.close(closeCode);
  };
  const take = (bytes: Buffer, isBinary: boolean): void => {
    stopUpload();
    if (isBinary) return refuse({ code: 'bad_request', message: 'the turn is a binary message' });
    if (isRunning)
      return refuse({
        code: 'turn_in_progress',
        message: 'a reply is being streamed on this connection',
      });
    const turn = core.take(bytes);
    if (!isTaken(turn)) return refuse(turn);
    clearTimeout(idle);
    isRunning = true;
    const sink = keptSink(webSocketSink(connection), {
      socket,
      sendDone: (event, sent) => {
        wait();
        webSocket.send(renderTyped('done', event), sent);
      },
    });
    core.run(turn, sink);
  };
  // Before the receiver of ws, so that a message which ends with these bytes stops the timer.
  socket.prependListener('data', () => {
    upload ??= setTimeout(() => {
      refuse(uploadTimeout(core));
      // Its client may never answer the close.
      socket.destroySoon();
    }, core.limits.uploadMs);
  });
  // Control frames are no turn.
  webSocket.on('ping', stopUpload);
  webSocket.on('pong', stopUpload);
  webSocket.on('message', take);
  webSocket.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH')
      core.refuse({ code: 'too_large', message: error.message });
  });
  webSocket.once('close', () => {
    clearTimeout(idle);
    stopUpload();
  });
  wait();
}
