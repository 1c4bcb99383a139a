// A timeout means something else by how far a stream had come.

import type { EndpointFailure } from '../../bench/contract/endpoint.ts';
import { endpointFailure } from './endpoint-failure.ts';

/** `refused`: the answer is none, and its body is read to be quoted. */
export type Stage = 'connecting' | 'waiting' | 'refused' | 'streaming' | 'over';

interface Progress {
  readonly stage: Stage;
  readonly events: number;
  readonly bodyBytes: number;
}

/** Nothing came for so long. */
export function silenceFailure(progress: Progress, timeoutMs: number): EndpointFailure {
  const waited = `${timeoutMs / 1000} s`;
  switch (progress.stage) {
    case 'connecting':
      return endpointFailure('connect-timeout', `no connection within ${waited}`);
    case 'streaming':
      return progress.events === 0
        ? endpointFailure('never-started', `${soFar(progress)}, then nothing for ${waited}`)
        : endpointFailure('silent', `nothing for ${waited}, after ${soFar(progress)}`);
    default:
      return endpointFailure('never-started', `no answer within ${waited} of the request`);
  }
}

/** The stream has not ended, whatever came. */
export function tooLongFailure(progress: Progress, totalTimeoutMs: number): EndpointFailure {
  const limit = `${totalTimeoutMs / 1000} s`;
  return endpointFailure(
    progress.events === 0 ? 'never-started' : 'too-long',
    progress.stage === 'streaming'
      ? `the stream has not ended within ${limit}: ${soFar(progress)}`
      : `no stream within ${limit}`,
  );
}

function soFar({ events, bodyBytes }: Progress): string {
  return events === 0 ? `an answer without an event, ${bodyBytes} bytes of it` : `${events} events`;
}

const timeouts: ReadonlySet<string> = new Set([
  'connect-timeout',
  'never-started',
  'silent',
  'too-long',
]);

export function isTimeout({ cause }: EndpointFailure): boolean {
  return timeouts.has(cause);
}
