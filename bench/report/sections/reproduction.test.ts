import { expect, it } from 'vitest';
import type { Plan } from '../../contract/run-file.ts';
import { fullAnalysis } from '../report-fixture.ts';
import { streamParts } from '../../scenarios/stream/parts.ts';
import { renderMarkdown } from '../formats/markdown.ts';
import { renderRepetition } from './reproduction.ts';

type Processes = Pick<Plan, 'clientProcesses' | 'serverProcesses' | 'clientAddresses'>;

function rowsOf(changes: Processes): (string | undefined)[] {
  const analysis = fullAnalysis();
  const changed = { ...analysis, plan: { ...analysis.plan, ...changes } };
  const text = renderMarkdown(
    renderRepetition({ analysis: changed, metrics: [], parts: streamParts }),
  );
  return ['processes', 'connections from'].map(
    (name) => new RegExp(`^\\| ${name} +\\| (.*?) *\\|$`, 'm').exec(text)?.[1],
  );
}

it('says which processes shared the work, and from where they connected', () => {
  const three = '3 server processes, each on its own port; 3 load processes';
  expect(rowsOf({ clientProcesses: 3, serverProcesses: 3 })).toEqual([three, undefined]);
  expect(rowsOf({ clientProcesses: 2 })).toEqual(['1 server process; 2 load processes', undefined]);
  expect(rowsOf({ clientProcesses: 3, serverProcesses: 3, clientAddresses: 4 })).toEqual([
    three,
    '12 loopback addresses: one has too few local ports',
  ]);
  expect(rowsOf({ clientAddresses: 4 })).toEqual([
    undefined,
    '4 loopback addresses: one has too few local ports',
  ]);
});

it('says nothing where there is one of each kind', () => {
  expect(rowsOf({})).toEqual([undefined, undefined]);
});
