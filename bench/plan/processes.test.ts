import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { readProcesses } from './processes.ts';
import { repeatCommand } from '../flags/repeat.ts';

const plan = async (flags: RunFlags, scenario = 'stream') =>
  (await buildPlan([scenario], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false }))
    .plan;

it('without flags there is one process of each kind, and the plan says nothing of them', async () => {
  expect(await plan({})).toEqual(await plan({ clientProcesses: '1', serverProcesses: '1' }));
  expect(await plan({})).not.toHaveProperty('clientProcesses');
});

it('load processes may be as many as servers or a multiple of them', async () => {
  expect(await plan({ clientProcesses: '3', serverProcesses: '3' })).toMatchObject({
    clientProcesses: 3,
    serverProcesses: 3,
  });
  expect(await plan({ clientProcesses: '6', serverProcesses: '3' })).toMatchObject({
    clientProcesses: 6,
    serverProcesses: 3,
  });
  expect(await plan({ clientProcesses: '2' })).toMatchObject({ clientProcesses: 2 });
});

it('the printed command plans the same processes', async () => {
  const first = await plan({ clientProcesses: '6', serverProcesses: '3' });
  const command = repeatCommand(first, {});
  expect(command).toContain('--client-processes 6 --server-processes 3');
  expect(repeatCommand(await plan({}), {})).not.toContain('processes');
});

describe('what is refused names the flag, the value and the remedy', () => {
  it.each<[string, RunFlags, string, string | undefined]>([
    [
      'stream',
      { clientProcesses: '0' },
      '--client-processes 0: expected a whole number from 1 to 64',
      undefined,
    ],
    [
      'stream',
      { serverProcesses: '65' },
      '--server-processes 65: expected a whole number from 1 to 64',
      undefined,
    ],
    [
      'stream',
      { serverProcesses: '3' },
      '--server-processes 3: expected as many load processes or a multiple of them, not 1: each server gets an equal share',
      'add --client-processes 3',
    ],
    [
      'stream',
      { clientProcesses: '4', serverProcesses: '3' },
      '--server-processes 3: expected as many load processes or a multiple of them, not 4: each server gets an equal share',
      'add --client-processes 6',
    ],
    [
      'stream',
      { clientProcesses: '4', connections: '2,10' },
      '--client-processes 4: expected at most one for each connection, and --connections has 2',
      undefined,
    ],
    [
      'reconnect',
      { clientProcesses: '2' },
      '--client-processes 2: scenario reconnect does not take it: one load process speaks with one server',
      'scenarios that take it: stream, memory, capacity, connect, fanout, slow-reader, burst, matrix',
    ],
    [
      'herd',
      { serverProcesses: '2' },
      '--server-processes 2: scenario herd does not take it: one load process speaks with one server',
      undefined,
    ],
    [
      'completions',
      { clientProcesses: '2', serverProcesses: '2' },
      '--client-processes 2: scenario completions does not take it: one load process speaks with one server',
      undefined,
    ],
  ])('%s %j', async (scenario, flags, message, hint) => {
    await expect(plan(flags, scenario)).rejects.toMatchObject({
      message,
      ...(hint !== undefined && { hint }),
    });
  });
});

/** The hint of the refusal; undefined when the flags are accepted. */
function remedyOf(flags: RunFlags): string | undefined {
  try {
    readProcesses(flags, [1000]);
    return undefined;
  } catch (error) {
    return (error as { hint?: string }).hint;
  }
}

it('what the remedy says is accepted, whatever was asked', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 32 }),
      (clients, servers) => {
        const flags = { clientProcesses: String(clients), serverProcesses: String(servers) };
        const [, enough = flags.clientProcesses] =
          /^add --client-processes (\d+)$/.exec(remedyOf(flags) ?? '') ?? [];
        // A multiple above 64 is refused by another rule.
        fc.pre(Number(enough) <= 64);
        expect(remedyOf({ ...flags, clientProcesses: enough })).toBeUndefined();
        expect(Number(enough)).toBeGreaterThanOrEqual(clients);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});
