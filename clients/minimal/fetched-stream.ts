// Receives an event stream that a request answers, and repeats the request after a loss.

import { cancelByPost } from './cancel-request.ts';
import {
  SilenceWatch,
  Tokens,
  type OnToken,
  type StreamRequest,
  type TokenStream,
} from './resuming.ts';
import { untilOver } from './until-over.ts';

export interface EventStreamFetch {
  /** Asks for the tokens after this one. */
  readonly ask: (after: number, signal: AbortSignal) => Promise<Response>;
  /** Reads the data of each event. */
  readonly parse: (
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
  ) => AsyncIterable<{ readonly data: string }>;
}

export function receiveFetched(
  request: StreamRequest,
  onToken: OnToken,
  { ask, parse }: EventStreamFetch,
): TokenStream {
  const tokens = new Tokens(onToken);
  const stopped = new AbortController();

  const attempt = async (): Promise<boolean> => {
    const connection = new AbortController();
    const silence = new SilenceWatch(request.silenceMs, () => connection.abort());
    const signal = AbortSignal.any([stopped.signal, connection.signal]);
    try {
      const { ok, body } = await ask(tokens.last, signal);
      if (!ok || body === null) return false;
      silence.restart();
      for await (const { data } of parse(body)) {
        // Silence of the server counts, not the time that a slow reader takes.
        silence.stop();
        if (await tokens.take(data)) return true;
        if (stopped.signal.aborted) return true;
        silence.restart();
      }
      return false;
    } finally {
      silence.stop();
      connection.abort();
    }
  };

  return {
    ended: untilOver(tokens, attempt, () => stopped.signal.aborted),
    stop: async () => {
      stopped.abort();
      await cancelByPost(request);
    },
  };
}
