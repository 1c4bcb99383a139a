// Stamps and verifies what the streams of a load process deliver. One listener for every stack,
// transport and phase, so that a rehearsal warms up the very code that is measured.

import { spin, type Injection } from '../bench/contract/injection.ts';
import type { Recorder } from './recorder.ts';
import type { StreamAccounts } from './stream-accounts.ts';
import type { StreamListener } from './stream-client.ts';

/**
 * @param injection Only `slow-client` has an effect here: a receiver that is meant to be too slow.
 */
export function receiveStreams(
  recorder: Recorder,
  accounts: StreamAccounts,
  injection?: Injection,
): StreamListener {
  const listener = verifyStreams(recorder, accounts);
  if (injection?.kind !== 'slow-client') return listener;
  return {
    ...listener,
    onTokenBytes: (stream, buffer, start, end, at) => {
      const index = listener.onTokenBytes(stream, buffer, start, end, at);
      spin(injection.spinNs);
      return index;
    },
    onTokenText: (stream, payload, at, appendedAt) => {
      const index = listener.onTokenText(stream, payload, at, appendedAt);
      spin(injection.spinNs);
      return index;
    },
  };
}

function verifyStreams(recorder: Recorder, accounts: StreamAccounts): StreamListener {
  return {
    onStart: (stream, at) => void (recorder.startNs[stream] = at),
    onConnect: (stream, at) => void (recorder.connectNs[stream] = at),
    onAccept: (stream, at) => void (recorder.acceptNs[stream] = at),
    onTokenBytes: (stream, buffer, start, end, at) => {
      const index = accounts.tokenBytes(stream, buffer, start, end);
      if (index >= 0) recorder.received(stream, index, at);
      return index;
    },
    onTokenText: (stream, payload, at, appendedAt) => {
      const index = accounts.tokenText(stream, payload);
      if (index >= 0) {
        recorder.received(stream, index, at);
        if (appendedAt !== undefined) recorder.appended(stream, index, appendedAt);
      }
      return index;
    },
    onControl: (stream, type, text, at) => {
      if (type !== 'done') return;
      // `done` is the end that an application waits for. What follows differs by transport: a last
      // chunk, or a closing handshake.
      recorder.endNs[stream] = at;
      accounts.done(stream, text);
    },
    onEnd: (stream, count) => void accounts.end(stream, count),
    onFailure: (stream, cause, message) => accounts.fail(stream, cause, message),
  };
}
