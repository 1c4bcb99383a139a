// Steady streams over a path other than loopback: the same streams, measured as exactly as over
// loopback.

import { describe, expect, it } from 'vitest';
import type { PathName } from '../../contract/arms/paths.ts';
import { isUntested } from '../../missing-fixture.ts';
import { whyNoNamespaces } from '../../path/network-namespaces.ts';
import { firstTrial, planOf, quietOptions } from '../../trial/measure-fixture.ts';
import { measureTrial } from '../../trial/procedure.ts';
import { steady } from './procedure.ts';
import { recordSteady } from './record.ts';

async function measure(transport: string, path: PathName) {
  const short = {
    preset: 'smoke',
    warmup: '500ms',
    duration: '500ms',
    connections: '20',
    seed: '7',
    blocks: '1',
  };
  const plan = await planOf('stream', { ...short, transports: transport, path });
  const planned = firstTrial(plan);
  const measured = await measureTrial(steady, planned, quietOptions(plan));
  return { measured, record: recordSteady(planned, measured) };
}

describe.skipIf(isUntested('streams between network namespaces', whyNoNamespaces()))(
  'over netns',
  () => {
    it.each(['sse', 'ws', 'tcp'])(
      'streams of %s are whole, their bytes as modelled, and one clock serves both sides',
      async (transport) => {
        const { measured, record } = await measure(transport, 'netns');
        expect(record.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
        expect(measured.client.tokensReceived).toBeGreaterThan(0);
        expect(measured.clock).toMatchObject({
          sameTimeNamespace: true,
          before: { violations: 0 },
          after: { violations: 0 },
        });
      },
    );

    it('the kernel is asked about the sockets of the server where the server is', async () => {
      const [loopback, netns] = [await measure('sse', 'direct'), await measure('sse', 'netns')];
      // Without `ss` both are undefined.
      expect(netns.measured.sockets.tcp?.sockets).toBe(loopback.measured.sockets.tcp?.sockets);
    });
  },
);

it('over a relay the streams are whole too', async () => {
  const { record } = await measure('ws', 'relay');
  expect(record.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
});
