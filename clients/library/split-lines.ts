// Splits decoded text into lines, as a Node consumer would write it. An empty line is a heartbeat,
// and is left out.

import { MAX_MESSAGE_BYTES } from '../../bench/contract/payload.ts';
import { protocolFailure } from '../stream-failure.ts';

/** @throws StreamFailure from `feed` for a line without an end. */
export function splitLines(onLine: (line: string) => void): {
  readonly feed: (text: string) => void;
  readonly isInLine: () => boolean;
} {
  let unfinished = '';
  return {
    feed: (text) => {
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(line);
      if (unfinished.length > MAX_MESSAGE_BYTES)
        throw protocolFailure(`a line of more than ${MAX_MESSAGE_BYTES} characters`);
    },
    isInLine: () => unfinished !== '',
  };
}
