// Receives tokens over WebSockets that can hold messages back, and opens another after a loss.

import { SilenceWatch, Tokens, type OnToken, type StreamRequest } from './resuming.ts';
import { untilOver } from './until-over.ts';
import type { TokenStream } from './resuming.ts';

export interface MessageSocket {
  readonly messages: AsyncIterable<unknown>;
  readonly send: (text: string) => void;
  readonly destroy: () => void;
}

/** @param open Begins to connect; what fails makes `messages` throw. */
export function receiveMessages(
  { id, silenceMs }: StreamRequest,
  onToken: OnToken,
  open: (path: string) => MessageSocket,
): TokenStream {
  const tokens = new Tokens(onToken);
  let socket: MessageSocket | undefined;
  let isStopping = false;

  const attempt = async (): Promise<boolean> => {
    const opened = open(`/streams/${id}?after=${tokens.last}`);
    socket = opened;
    const silence = new SilenceWatch(silenceMs, opened.destroy);
    try {
      if (isStopping) opened.send('{"type":"cancel"}');
      for await (const message of opened.messages) {
        // Silence of the server counts, not the time that a slow reader takes.
        silence.stop();
        if (await tokens.take(String(message))) return true;
        silence.restart();
      }
      return false;
    } finally {
      socket = undefined;
      silence.stop();
      opened.destroy();
    }
  };

  const ended = untilOver(tokens, attempt);
  return {
    ended,
    stop: async () => {
      isStopping = true;
      socket?.send('{"type":"cancel"}');
      await ended;
    },
  };
}
