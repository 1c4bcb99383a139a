// WebSocket with the library `ws`.

import { createWebSocketStream, WebSocket } from 'ws';
import type { ReceiveTokens } from './resuming.ts';
import { receiveMessages } from './websocket-messages.ts';

export const receive: ReceiveTokens = (request, onToken) =>
  receiveMessages(request, onToken, (path) => {
    const socket = new WebSocket(request.origin.replace('http', 'ws') + path, {
      perMessageDeflate: false,
    });
    // One message a read, so that a slow reader holds back the socket.
    const stream = createWebSocketStream(socket, { readableObjectMode: true });
    return {
      messages: stream,
      send: (text) => void stream.write(text),
      destroy: () => socket.terminate(),
    };
  });
