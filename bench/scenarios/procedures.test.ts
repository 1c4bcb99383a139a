import { expect, it } from 'vitest';
import type { ScenarioId } from '../contract/run-file.ts';
import { procedureOf, procedures } from './procedures.ts';

it.each(Object.entries(procedures))(
  'the name %s leads to the procedure of that name',
  async (name, load) => {
    expect((await load()).runner.id).toBe(name);
  },
);

it.each<[ScenarioId, string]>([
  ['stream', 'steady'],
  ['fanout', 'steady'],
  ['matrix', 'steady'],
  ['herd', 'fault'],
  ['memory', 'ladder'],
  ['capacity', 'search'],
  ['completions', 'closed-loop'],
  ['browser-limits', 'page'],
])('trials of %s are carried out by %s', async (scenario, procedure) => {
  expect((await procedureOf({ scenario })).id).toBe(procedure);
});
