// Every minimal client and server against the same cases, in Node: those that the saved result says
// it passes, it passes.

import { expect, it } from 'vitest';
import { readCodeMeasure } from '../../claims/code/read-code-measure.ts';
import type { TriedCases } from '../../contract/code-measure.ts';
import { clientPrograms, serverPrograms } from './programs.ts';
import {
  tryClient,
  tryClientConformance,
  tryServer,
  tryServerConformance,
} from './try-programs.ts';

const { clients, servers } = readCodeMeasure();

const outcome = ({ how, passed, failed }: TriedCases): object => ({
  how,
  passed,
  failed: failed.map(({ name }) => name),
});

it.each(clientPrograms)('client $id passes what it is said to pass', async (program) => {
  const saved = clients.find(({ id }) => id === program.id)!;
  const [inNode] = await tryClient(program, undefined);
  expect(outcome(inNode!)).toEqual(outcome(saved.faults[0]!));
  if (program.transport !== 'ws' || program.runsIn === 'page') return;
  const { passed, failed } = await tryClientConformance(program, undefined);
  expect(failed).toEqual([]);
  expect(passed).toHaveLength(20);
});

it.each(serverPrograms)('server $id passes what it is said to pass', async (program) => {
  const saved = servers.find(({ id }) => id === program.id)!;
  expect((await tryServer(program)).map(outcome)).toEqual(saved.faults.map(outcome));
  expect(outcome(await tryServerConformance(program))).toEqual(outcome(saved.conformance));
});
