// Opens one stream of any server and reads it to its end.

import type { OpenEndpoint } from './endpoint-request.ts';

/** @throws BenchError USAGE when the URL is none that can be opened. */
export const openEndpoint: OpenEndpoint = () => {
  throw new Error('not yet');
};
