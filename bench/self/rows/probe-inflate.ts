// The probe on compressed arms must cost little more than reading and inflating the same bytes: what
// it adds are events, stamps and verification.

import { median } from '../../analysis/statistics/moments.ts';
import { NS_PER_US } from '../../contract/units.ts';
import { measureFloor } from '../floor-reader.ts';
import {
  inflatedTransports,
  inflatingReaders,
  type InflatedTransport,
} from '../inflating-readers.ts';
import {
  describe,
  LONG_STREAM,
  measureSelf,
  perTokenNs,
  planSelf,
  tell,
  type SelfFlags,
} from '../self-trial.ts';
import { interleave, type Row, type RowGroup } from './row.ts';

const LIMIT = 1.3;
/** A compressing server carries some 7000 tokens/s on a CPU: at this load it keeps up. */
const CONNECTIONS = '200';

export const probeInflate: RowGroup = {
  name: 'probe-inflate',
  measure: async (rounds) => {
    const rows: Row[] = [];
    for (const transport of inflatedTransports)
      rows.push(await compareWithInflating(rounds, transport));
    return rows;
  },
};

async function compareWithInflating(rounds: number, transports: InflatedTransport): Promise<Row> {
  // The warm-up is long enough for both to be compiled without a rehearsal.
  const flags: SelfFlags = {
    transports,
    client: 'probe',
    connections: CONNECTIONS,
    rate: '20',
    tokens: LONG_STREAM,
    warmup: '3s',
  };
  // Tokens that come together are cheaper: the ratio means something only where both had as many.
  const perRead = { probe: [] as number[], inflating: [] as number[] };
  const probeCpu = async (round: number) => {
    const { client } = await measureSelf(flags, round);
    perRead.probe.push(client.tokensReceived / (client.tokenReads ?? Number.NaN));
    return perTokenNs(client);
  };
  const inflatingCpu = async (round: number) => {
    const self = await planSelf(flags, round);
    const { cpuPerTokenNs, tokensPerRead } = await measureFloor(inflatingReaders[transports], self);
    perRead.inflating.push(tokensPerRead);
    tell(
      `${describe(self.plan)}: read and inflated ${(cpuPerTokenNs / NS_PER_US).toFixed(1)} µs a token, ${tokensPerRead.toFixed(2)} tokens a read`,
    );
    return cpuPerTokenNs;
  };
  const { ratio, note } = await interleave(rounds, probeCpu, inflatingCpu);
  return {
    what: `client CPU per token, probe / the same bytes read and inflated, ${transports}, ${CONNECTIONS} × 20 tokens/s`,
    value: ratio,
    limit: { atMost: LIMIT },
    unit: '×',
    note: `${note}; tokens a read: ${median(perRead.probe)?.toFixed(2)} and ${median(perRead.inflating)?.toFixed(2)}`,
  };
}
