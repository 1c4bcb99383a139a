// Every connection of a trial is cut after a different number of bytes, so that each position is
// hit once: within the response head, a chunk or frame header, an id, a control event, a character
// of several bytes. Whatever the position, a client that resumes must end up with every token
// exactly once.

import { describe, expect, it } from 'vitest';
import { faults, type Fault } from '../../../contract/faults.ts';
import { measureTrial } from '../../../trial/procedure.ts';
import type { MeasuredFault } from './measure.ts';
import { injecting } from './procedure.ts';
import { firstTrial, planOf, quietOptions } from '../../../trial/measure-fixture.ts';

/**
 * Head and `open` event are below 400 bytes on every transport, a token is 20 to 70; a whole stream
 * over bare TCP is longer.
 */
const POSITIONS = 600;

function cutAfter(bytes: number[], how: 'fin' | 'rst'): Fault {
  return { ...faults.reset, action: { by: 'relay', relay: { kind: 'cut-after', bytes, how } } };
}

async function cutEverywhere(arm: string, how: 'fin' | 'rst'): Promise<MeasuredFault> {
  const flags = {
    transports: arm,
    faults: 'reset',
    connections: String(POSITIONS),
    blocks: '1',
    seed: '11',
  };
  const planned = await planOf('reconnect', flags);
  // These texts have characters of two, three and four bytes.
  const plan = {
    ...planned,
    workload: { ...planned.workload, segments: ['prose-zh', 'prose-el'] },
  };
  const bytes = Array.from({ length: POSITIONS }, (_, index) => index + 1);
  const procedure = injecting(() => cutAfter(bytes, how));
  return await measureTrial(procedure, firstTrial(plan), quietOptions(plan));
}

const cases = ['sse', 'ws', 'tcp', 'sse/library', 'ws/library'].flatMap((arm) =>
  (['fin', 'rst'] as const).map((how) => [arm, how] as const),
);

describe.each(cases)('%s, cut by %s', (arm, how) => {
  it('every stream is whole, whichever byte was the last to arrive', async () => {
    const { client, relay, server } = await cutEverywhere(arm, how);
    expect(relay?.fault?.byteCuts).toBe(POSITIONS);
    expect(client).toMatchObject({
      streamsPlanned: POSITIONS,
      streamsWhole: POSITIONS,
      streamsStopped: 0,
      streamsUnfinished: 0,
      lost: 0,
      lostDeclared: 0,
      duplicated: 0,
      reordered: 0,
      corrupt: 0,
      hashMismatches: 0,
      tokensDistinct: client.tokensPlanned,
    });
    const losses = Object.values(client.lossesBeforeFault).reduce((sum, count) => sum + count, 0);
    const later = Object.values(client.losses).reduce((sum, count) => sum + count, 0);
    expect(losses + later).toBe(POSITIONS);
    expect(server.recovery).toMatchObject({ gaps: 0, unknown: 0, evictedTokens: 0 });
  });
});
