// The twins must cost no more than the bare servers that they are made of.

import { fileURLToPath } from 'node:url';
import { transports } from '../../contract/arms/transports.ts';
import { contenders, LONG_STREAM, measureSelf, perTokenNs } from '../self-trial.ts';
import { interleave, type Row, type RowGroup } from './row.ts';

const bareServer = fileURLToPath(new URL('../bare-server.ts', import.meta.url));
const LIMIT = 1.1;
const SHORT_STREAM = '150';

/** Those of which there is a bare server, as `--transports` names them. */
const arms = [
  ...contenders.map((transport) => ({ written: transport, transport })),
  { written: 'sse-h2:100', transport: 'sse-h2' },
] as const;

export const twinBare: RowGroup = {
  name: 'twin-bare',
  measure: async (rounds) => {
    const rows: Row[] = [];
    for (const arm of arms) {
      const tokensOnly = await compareServers(rounds, arm, LONG_STREAM);
      const withOpening = await compareServers(rounds, arm, SHORT_STREAM);
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
  { written, transport }: (typeof arms)[number],
  tokens: string,
): Promise<Row> {
  const serverCpu = (program?: string) => async (round: number) =>
    perTokenNs(
      (
        await measureSelf(
          { transports: written, client: 'probe', connections: '500', rate: '20', tokens },
          round,
          program,
        )
      ).server,
    );
  const { ratio, note } = await interleave(rounds, serverCpu(), serverCpu(bareServer));
  const { library } = transports[transport].twin;
  return {
    what: `server CPU per token, twin / bare ${library}, ${written}, 500 × 20 tokens/s`,
    value: ratio,
    unit: '×',
    note,
  };
}
