// SSE with the EventSource of a page. It comes back from a loss by itself, and with the id of the
// last event, but neither from a status such as 503 nor from silence.

import { cancelByPost } from './cancel-request.ts';
import { SilenceWatch, Tokens, waitAfter, type ReceiveTokens } from './resuming.ts';

export const receive: ReceiveTokens = (request, onToken) => {
  const tokens = new Tokens(onToken);
  const over = Promise.withResolvers<void>();
  let taken: Promise<unknown> = Promise.resolve();
  let source: EventSource;
  let losses = 0;
  let isOver = false;

  const open = (): void => {
    source?.close();
    if (isOver) return;
    silence.restart();
    source = new EventSource(`${request.origin}/streams/${request.id}?after=${tokens.last}`);
    source.addEventListener('message', ({ data }) => {
      losses = 0;
      silence.restart();
      taken = taken.then(async () => await take(String(data)));
    });
    source.addEventListener('error', ({ target }) => {
      if (source === target && source.readyState === EventSource.CLOSED)
        void waitAfter(losses++).then(open);
    });
  };
  const take = async (message: string): Promise<void> => {
    try {
      if (await tokens.take(message)) close();
    } catch (error) {
      close(error);
    }
  };
  const close = (error?: unknown): void => {
    isOver = true;
    silence.stop();
    source.close();
    if (error === undefined) over.resolve();
    else over.reject(error);
  };
  const silence = new SilenceWatch(request.silenceMs, open);
  open();
  return {
    ended: over.promise,
    stop: async () => {
      close();
      await cancelByPost(request);
    },
  };
};
