// Raises the load until the server or the load generator is at its limit: it must be the server.

import { median } from '../../analysis/statistics/moments.ts';
import { LONG_STREAM, measureSelf } from '../self-trial.ts';
import type { Row, RowGroup } from './row.ts';

const SERVER_BUSY = 0.8;
const CLIENT_LIMIT = 0.7;
const loads = [200, 300, 500, 1000, 1500, 2000, 3000, 4000, 5000, 6000] as const;

/** Every server that streams, with the load from which on it is looked at: below it is idle. */
const arms: readonly { readonly arm: string; readonly from: number }[] = [
  { arm: 'sse', from: 2000 },
  { arm: 'ws', from: 2000 },
  { arm: 'sse-post', from: 2000 },
  { arm: 'ndjson', from: 2000 },
  { arm: 'ws-binary', from: 2000 },
  { arm: 'sse-gzip', from: 200 },
  { arm: 'ws-deflate', from: 200 },
  { arm: 'ws-deflate-no-takeover', from: 200 },
  { arm: 'sse-h2:100', from: 500 },
  { arm: 'ws-mux:100', from: 1000 },
  { arm: 'sse+tls', from: 1000 },
  { arm: 'ws+tls', from: 1000 },
];

export const busyFirst: RowGroup = {
  name: 'busy-first',
  measure: async (rounds) => {
    const rows: Row[] = [];
    for (const { arm, from } of arms) rows.push(await raiseLoad(rounds, arm, from));
    return rows;
  },
};

interface Shares {
  readonly server: number;
  readonly client: number;
}

/** The shares are medians over the rounds at the load at which the first of them is at its limit. */
async function raiseLoad(rounds: number, transports: string, from: number): Promise<Row> {
  const what = `probe event-loop utilisation when the ${transports} server reaches ${100 * SERVER_BUSY} %`;
  const limit = { atMost: CLIENT_LIMIT };
  const sharesAt = async (connections: number, round: number): Promise<Shares> => {
    const { server, client } = await measureSelf(
      {
        transports,
        client: 'probe',
        connections: String(connections),
        rate: '20',
        tokens: LONG_STREAM,
      },
      round,
    );
    return {
      server: server.use.eventLoopUtilisation,
      client: client.use.eventLoopUtilisation,
    };
  };
  for (const connections of loads.filter((load) => load >= from)) {
    const first = await sharesAt(connections, 1);
    if (first.server < SERVER_BUSY && first.client < CLIENT_LIMIT) continue;
    const all = [first];
    for (let round = 2; round <= rounds; round++) all.push(await sharesAt(connections, round));
    const clients = all.map(({ client }) => client).toSorted((a, b) => a - b);
    const server = median(all.map((one) => one.server)) ?? 0;
    const note = `${clients[0]?.toFixed(2)} to ${clients.at(-1)?.toFixed(2)} over ${all.length} rounds at ${connections} × 20 tokens/s, where the server is at ${Math.round(100 * server)} %`;
    return { what, value: median(clients), limit, unit: '', note };
  }
  return {
    what,
    value: undefined,
    limit,
    unit: '',
    note: `neither was at its limit at ${loads.at(-1)} × 20 tokens/s`,
  };
}
