// The twins must cost no more than the bare servers that they are made of.

import { fileURLToPath } from 'node:url';
import { transports, type TransportId } from '../../contract/arms/transports.ts';
import { contenders, LONG_STREAM, measureSelf, perTokenNs } from '../self-trial.ts';
import { interleave, type Row, type RowGroup } from './row.ts';

const bareServer = fileURLToPath(new URL('../bare-server.ts', import.meta.url));
const LIMIT = 1.1;
const SHORT_STREAM = '150';

export const twinBare: RowGroup = {
  name: 'twin-bare',
  measure: async (rounds) => {
    const rows: Row[] = [];
    for (const transport of contenders) {
      const tokensOnly = await compareServers(rounds, transport, LONG_STREAM);
      const withOpening = await compareServers(rounds, transport, SHORT_STREAM);
      rows.push(
        { ...tokensOnly, limit: { atMost: LIMIT } },
        {
          ...withOpening,
          what: `${withOpening.what}, streams of ${SHORT_STREAM} tokens, opening included`,
        },
      );
    }
    return rows;
  },
};

async function compareServers(
  rounds: number,
  transport: TransportId,
  tokens: string,
): Promise<Row> {
  const serverCpu = (program?: string) => async (round: number) =>
    perTokenNs(
      (
        await measureSelf(
          { transports: transport, client: 'probe', connections: '500', rate: '20', tokens },
          round,
          program,
        )
      ).server,
    );
  const { ratio, note } = await interleave(rounds, serverCpu(), serverCpu(bareServer));
  const { library } = transports[transport].twin;
  return {
    what: `server CPU per token, twin / bare ${library}, 500 × 20 tokens/s`,
    value: ratio,
    unit: '×',
    note,
  };
}
