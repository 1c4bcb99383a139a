// The cost of reading each transport with the probe, against the one that it is built on: the
// difference must not decide a comparison.

import { LONG_STREAM, measureSelf, perTokenNs } from '../self-trial.ts';
import { interleave, type Row, type RowGroup } from './row.ts';

const pairs: readonly { readonly arm: string; readonly than: string; readonly atMost?: number }[] =
  [
    { arm: 'sse-post', than: 'sse', atMost: 1.1 },
    { arm: 'ndjson', than: 'sse', atMost: 1.1 },
    { arm: 'ws-binary', than: 'ws', atMost: 1.1 },
    { arm: 'sse-h2:100', than: 'sse', atMost: 2 },
    { arm: 'ws-mux:100', than: 'ws' },
  ];

const load = { client: 'probe', connections: '500', rate: '20', tokens: LONG_STREAM } as const;

export const probeTransports: RowGroup = {
  name: 'probe-transports',
  measure: async (rounds) => {
    const rows: Row[] = [];
    for (const { arm, than, atMost } of pairs) {
      const cost = (transports: string) => async (round: number) =>
        perTokenNs((await measureSelf({ ...load, transports }, round)).client);
      const { ratio, note } = await interleave(rounds, cost(arm), cost(than));
      rows.push({
        what: `client CPU per token, probe, ${arm} / ${than}, 500 × 20 tokens/s`,
        value: ratio,
        ...(atMost !== undefined && { limit: { atMost } }),
        unit: '×',
        note,
      });
    }
    return rows;
  },
};
