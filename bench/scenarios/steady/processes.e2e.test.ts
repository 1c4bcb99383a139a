// Streams shared by several processes: their merged result must equal that of one process alone.

import { beforeAll, describe, expect, it } from 'vitest';
import { type RunFlags } from '../../flags/run-flags.ts';
import { measureTrial } from '../../trial/procedure.ts';
import { steady } from './procedure.ts';
import { recordSteady } from './record.ts';
import { replayed, stampsMissing } from './replayed-fixture.ts';
import { firstTrial, planOf, quietOptions } from '../../trial/measure-fixture.ts';

const CONNECTIONS = 31;

async function measure(arm: string, flags: RunFlags, clientAddresses?: number) {
  const base = {
    preset: 'smoke',
    warmup: '500ms',
    duration: '500ms',
    transports: arm,
    connections: String(CONNECTIONS),
    tokens: '30',
    seed: '7',
    blocks: '1',
  };
  const shared = await planOf('stream', { ...base, ...flags });
  const plan = clientAddresses === undefined ? shared : { ...shared, clientAddresses };
  const planned = firstTrial(plan);
  const measured = await measureTrial(steady, planned, quietOptions(plan));
  return { measured, record: recordSteady(planned, measured) };
}

describe.each(['sse', 'ws', 'ws/library'])('%s', (arm) => {
  let alone: Awaited<ReturnType<typeof measure>>;
  beforeAll(async () => {
    alone = await measure(arm, {});
  });

  it.each([{ clientProcesses: '3' }, { clientProcesses: '3', serverProcesses: '3' }])(
    '%j replay what one process does',
    async (flags) => {
      const { measured, record } = await measure(arm, flags);
      expect(replayed(measured)).toEqual(replayed(alone.measured));
      expect(measured.client).toMatchObject({
        streamsVerified: measured.client.streamsPlanned,
        errors: [],
        startsUnissued: 0,
      });
      expect(stampsMissing(measured)).toEqual({
        startNs: 0,
        connectNs: 0,
        acceptNs: 0,
        endNs: 0,
        receivedNs: 0,
        handlerNs: 0,
        readyNs: 0,
        writtenNs: 0,
      });
      expect(record.planned).toEqual(alone.record.planned);
      expect(record.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
      const spread = record.gates.find(({ id }) => id === 'H10');
      // Some 250 tokens each: the gate is present, and its note says why it is not judged.
      expect(spread).toMatchObject({
        ok: true,
        note: 'not judged: fewer than 1000 tokens of a load process in the window',
      });
    },
  );
});

it('load processes that connect from many addresses replay the same', async () => {
  const alone = await measure('sse', {});
  const { measured } = await measure('sse', { clientProcesses: '2' }, 3);
  expect(replayed(measured)).toEqual(replayed(alone.measured));
});
