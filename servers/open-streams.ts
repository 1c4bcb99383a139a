// Selects the kind of streams of a server.

import { ConnectedStreams } from './connected-streams.ts';
import { LastingStreams } from './lasting-streams.ts';
import type { Streams, StreamsOptions } from './streams.ts';

export function openStreams(options: StreamsOptions): Streams {
  const { recovery } = options;
  return recovery === undefined
    ? new ConnectedStreams(options)
    : new LastingStreams({ ...options, recovery });
}
