// Compares the probe's CPU cost with the floor: a reader in C that does one recv per readiness,
// stamps it, and verifies nothing.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransportId } from '../../contract/arms/transports.ts';
import { NS_PER_US } from '../../contract/units.ts';
import { compileEpollReader, epollReader, readTransports } from '../epoll-reader.ts';
import { measureFloor } from '../floor-reader.ts';
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

const LIMIT = 2;
const CONNECTIONS = '2000';

export const probeEpoll: RowGroup = {
  name: 'probe-epoll',
  measure: async (rounds) => {
    const folder = mkdtempSync(join(tmpdir(), 'epoll-reader-'));
    try {
      const reader = compileEpollReader(folder);
      const rows: Row[] = [];
      for (const transport of readTransports)
        rows.push(await compareWithFloor(rounds, transport, reader));
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function compareWithFloor(
  rounds: number,
  transports: TransportId,
  reader: string | undefined,
): Promise<Row> {
  const what = `client CPU per token, probe / reader in C, ${transports}, ${CONNECTIONS} × 20 tokens/s`;
  const row = { what, limit: { atMost: LIMIT }, unit: '×' };
  if (reader === undefined)
    return {
      ...row,
      value: undefined,
      note: 'there is no C compiler; install one that is called cc',
    };
  // The warm-up is long enough for the server to open all streams before the window, and to be
  // compiled without a rehearsal.
  const flags: SelfFlags = {
    transports,
    client: 'probe',
    connections: CONNECTIONS,
    rate: '20',
    tokens: LONG_STREAM,
    warmup: '3s',
  };
  const probeCpu = async (round: number) => perTokenNs((await measureSelf(flags, round)).client);
  const floorCpu = async (round: number) => {
    const self = await planSelf(flags, round);
    const { cpuPerTokenNs, tokensPerRead } = await measureFloor(
      epollReader(reader, transports),
      self,
    );
    tell(
      `${describe(self.plan)}: reader in C ${(cpuPerTokenNs / NS_PER_US).toFixed(1)} µs a token, ${tokensPerRead.toFixed(2)} tokens a read`,
    );
    return cpuPerTokenNs;
  };
  const { ratio, note } = await interleave(rounds, probeCpu, floorCpu);
  return { ...row, value: ratio, note };
}
