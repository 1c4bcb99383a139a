// WebSocket with that of a page, which Node has too. It hands over messages as they come: a slow
// reader cannot hold them back.

import { SilenceWatch, Tokens, type ReceiveTokens } from './resuming.ts';
import { untilOver } from './until-over.ts';

export const receive: ReceiveTokens = ({ origin, id, silenceMs }, onToken) => {
  const tokens = new Tokens(onToken);
  let socket: WebSocket;
  let isStopping = false;
  const cancel = (): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"cancel"}');
  };

  const attempt = async (): Promise<boolean> => {
    const lost = Promise.withResolvers<boolean>();
    let taken = Promise.resolve(false);
    socket = new WebSocket(`${origin.replace('http', 'ws')}/streams/${id}?after=${tokens.last}`);
    // A connection without an answer takes long to close: it is not waited for.
    const silence = new SilenceWatch(silenceMs, () => lost.resolve(false));
    socket.addEventListener('open', () => {
      if (isStopping) cancel();
    });
    socket.addEventListener('message', ({ data }) => {
      silence.restart();
      taken = taken.then(async (isOver) => isOver || (await tokens.take(String(data))));
      taken.then((isOver) => isOver && lost.resolve(true), lost.reject);
    });
    socket.addEventListener('close', () => taken.then(lost.resolve, lost.reject));
    try {
      return await lost.promise;
    } finally {
      silence.stop();
      socket.close();
    }
  };

  const ended = untilOver(tokens, attempt);
  return {
    ended,
    stop: async () => {
      isStopping = true;
      cancel();
      await ended;
    },
  };
};
