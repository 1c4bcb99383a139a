// The probe must cost less than the libraries in whose place it measures.

import type { ClientStack } from '../../contract/arms/stacks.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import { contenders, LONG_STREAM, measureSelf, perTokenNs } from '../self-trial.ts';
import { interleave, type Row, type RowGroup } from './row.ts';

const LIMIT = 0.75;

export const probeLibrary: RowGroup = {
  name: 'probe-library',
  measure: async (rounds) => {
    const rows: Row[] = [];
    for (const connections of ['500', '2000'])
      for (const transport of contenders)
        rows.push(await compareStacks(rounds, transport, connections));
    return rows;
  },
};

async function compareStacks(
  rounds: number,
  transports: TransportId,
  connections: string,
): Promise<Row> {
  const clientCpu = (client: ClientStack) => async (round: number) =>
    perTokenNs(
      (
        await measureSelf(
          { transports, client, connections, rate: '20', tokens: LONG_STREAM },
          round,
        )
      ).client,
    );
  const { ratio, note } = await interleave(rounds, clientCpu('probe'), clientCpu('library'));
  const what = `client CPU per token, probe / library, ${transports}, ${connections} × 20 tokens/s`;
  return { what, value: ratio, limit: { atMost: LIMIT }, unit: '×', note };
}
