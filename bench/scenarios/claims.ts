// The claim that SSE is cheaper for a server with many clients: its possible meanings, and what
// measures each of them.

import type { Claim } from '../analysis/claims/claim.ts';

export const manyClients: Claim = {
  text: 'SSE is cheaper with many clients',
  parts: [
    {
      title: 'Memory of an idle connection',
      sources: [{ scenario: 'memory', metric: 'memory.retained' }],
    },
    {
      title: 'Memory of a streaming connection',
      sources: [{ scenario: 'memory', metric: 'memory.streaming' }],
    },
    {
      title: 'CPU time per token',
      sources: [
        { scenario: 'capacity', metric: 'cpu.token.headline' },
        { scenario: 'stream', metric: 'cpu.server.token' },
      ],
    },
    {
      title: 'Most streams at the objective',
      sources: [{ scenario: 'capacity', metric: 'capacity.streams' }],
    },
  ],
};
