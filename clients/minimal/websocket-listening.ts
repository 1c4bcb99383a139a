// Tutorials show this: a WebSocket of a page that appends what it hears. It has no duties; what it
// does besides, its platform does.

import type { ReceiveTokens } from './resuming.ts';

export const receive: ReceiveTokens = ({ origin, id }, onToken) => {
  const over = Promise.withResolvers<void>();
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/streams/${id}`);
  socket.addEventListener('message', ({ data }) => {
    const { type, d } = JSON.parse(String(data)) as { type?: string; d: string };
    if (type === undefined) void onToken(d);
    if (type !== 'done') return;
    socket.close();
    over.resolve();
  });
  const stop = (): Promise<void> => Promise.resolve(socket.close());
  return { ended: over.promise, stop };
};
