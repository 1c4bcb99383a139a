// Raises the load until the server or the load generator is at its limit: it must be the server.

import type { TransportId } from '../../contract/arms/transports.ts';
import { contenders, LONG_STREAM, measureSelf } from '../self-trial.ts';
import type { Row, RowGroup } from './row.ts';

const SERVER_BUSY = 0.8;
const CLIENT_LIMIT = 0.7;
const loads = ['2000', '3000', '4000', '5000', '6000'] as const;

export const busyFirst: RowGroup = {
  name: 'busy-first',
  measure: async () => {
    const rows: Row[] = [];
    for (const transport of contenders) rows.push(await raiseLoad(transport));
    return rows;
  },
};

async function raiseLoad(transports: TransportId): Promise<Row> {
  const what = `probe event-loop utilisation when the ${transports} server reaches ${100 * SERVER_BUSY} %`;
  const limit = { atMost: CLIENT_LIMIT };
  for (const connections of loads) {
    const { server, client } = await measureSelf(
      { transports, client: 'probe', connections, rate: '20', tokens: LONG_STREAM },
      1,
    );
    const [serverUse, clientUse] = [
      server.use.eventLoopUtilisation,
      client.use.eventLoopUtilisation,
    ];
    if (serverUse < SERVER_BUSY && clientUse < CLIENT_LIMIT) continue;
    const note = `at ${connections} × 20 tokens/s, where the server is at ${Math.round(100 * serverUse)} %`;
    return { what, value: clientUse, limit, unit: '', note };
  }
  return {
    what,
    value: undefined,
    limit,
    unit: '',
    note: `neither was at its limit at ${loads.at(-1)} × 20 tokens/s`,
  };
}
