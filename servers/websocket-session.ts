// A WebSocket that carries one stream after another: the client names each with `start`, the next
// once the last has said `done`, may stop it by `cancel` or give it input by `steer`, and either side
// may close in between. The counterpart of HTTP keep-alive.

import { closeCodes, renderTyped } from '../bench/contract/control-events.ts';
import { admit, type TwinParts } from './admission.ts';
import { parseClientMessage } from './client-message.ts';
import { KEEP_ALIVE_MS, keptSink } from './kept-sink.ts';
import { steerByMessage } from './steer-message.ts';
import { webSocketSink, type WebSocketConnection } from './websocket-sink.ts';

/** Closes with 1008 when the client requests a stream while one runs, or sends anything else. */
export function serveSession(parts: TwinParts, connection: WebSocketConnection): void {
  const { webSocket } = connection;
  const { streams, now } = parts;
  let idle: NodeJS.Timeout | undefined;
  let running: string | undefined;
  const wait = (): void => {
    idle = setTimeout(() => webSocket.close(closeCodes.normal), KEEP_ALIVE_MS);
  };
  const startNext = (id: string): void => {
    clearTimeout(idle);
    idle = undefined;
    const admission = admit(parts, { id });
    // Taken after admission, as on the twin, where a route's handler runs once its stream was
    // found.
    const handlerNs = now();
    if (admission.outcome !== 'serve') {
      const isFull = admission.outcome === 'refused' && admission.statusCode === 503;
      webSocket.close(isFull ? closeCodes.overload : closeCodes.unknownStream);
      return;
    }
    const sink = keptSink(webSocketSink(connection), {
      socket: connection.socket,
      sendDone: (event, sent) => {
        webSocket.send(renderTyped('done', event), sent);
        running = undefined;
        wait();
      },
    });
    running = id;
    streams.start(admission.plan, sink, { handlerNs });
  };
  const cancelRunning = (): void => {
    if (running !== undefined) streams.cancel(running);
  };
  const steerRunning = (text: string): void => {
    if (running !== undefined) steerByMessage(streams, webSocket, { id: running, text });
  };
  webSocket.on('message', (bytes: Buffer) => {
    const message = parseClientMessage(bytes.toString());
    if (message?.type === 'start' && idle !== undefined) startNext(message.id);
    // If these cross the `done` of a stream that is over by then, the client has its answer.
    else if (message?.type === 'cancel') cancelRunning();
    else if (message?.type === 'steer') steerRunning(message.text);
    else webSocket.close(closeCodes.badRequest);
  });
  webSocket.once('close', () => clearTimeout(idle));
  wait();
}
