// Tutorials show this: an EventSource of a page that appends what it hears. It has no duties; what it
// does besides, its platform does.

import type { ReceiveTokens } from './resuming.ts';

export const receive: ReceiveTokens = ({ origin, id }, onToken) => {
  const over = Promise.withResolvers<void>();
  const source = new EventSource(`${origin}/streams/${id}`);
  source.addEventListener('message', ({ data }) => {
    const { type, d } = JSON.parse(String(data)) as { type?: string; d: string };
    if (type === undefined) void onToken(d);
    if (type !== 'done') return;
    source.close();
    over.resolve();
  });
  const stop = (): Promise<void> => Promise.resolve(source.close());
  return { ended: over.promise, stop };
};
