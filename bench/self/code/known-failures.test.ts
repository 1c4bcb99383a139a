import { expect, it } from 'vitest';
import type { MeasuredProgram, TriedCases } from '../../contract/code-measure.ts';
import { readCodeMeasure } from '../../claims/code/read-code-measure.ts';
import { unknownFailures } from './known-failures.ts';

const saved = readCodeMeasure();

it('the saved result has no failure that is not known, and all that are', () => {
  expect(unknownFailures(saved)).toEqual([]);
});

const failing = (program: MeasuredProgram, name: string): MeasuredProgram => {
  const [first, ...others] = program.faults;
  const failed = [...(first?.failed ?? []), { name, why: 'it did not' }];
  return { ...program, faults: [{ ...(first as TriedCases), failed }, ...others] };
};

it('a new failure is told with its program and why', () => {
  const servers = saved.servers.map((program) =>
    program.id === 'sse' ? failing(program, 'a new case') : program,
  );
  expect(unknownFailures({ ...saved, servers })).toEqual([
    'server sse, with client sse: a new case: it did not',
  ]);
});

it('a known failure that passes now is told, but not one of a page without a browser', () => {
  const clients = saved.clients.map((program) => ({
    ...program,
    faults: [],
    conformance: { ...program.conformance, failed: [] },
  }));
  const { browser, ...without } = { ...saved, clients };
  const told = unknownFailures(without);
  expect(browser).toBeDefined();
  expect(told).toContain(
    'client event-source passes now: a slow reader holds back the server, and still gets every token',
  );
  expect(told.join('\n')).not.toContain('retry-empty');
});
