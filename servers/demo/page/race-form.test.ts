import { expect, it } from 'vitest';
import { readRaceForm } from './race-form.js';

const limits = { n: 100_000, rate: 10_000 };

function read(fields: Record<string, string>): ReturnType<typeof readRaceForm> {
  const form = new FormData();
  for (const [name, value] of Object.entries({
    workload: 'chat',
    n: '',
    rate: '',
    seed: '1',
    ...fields,
  }))
    form.set(name, value);
  return readRaceForm(form, limits);
}

it('what is left empty is left to the workload', () => {
  expect(read({})).toEqual({ described: { workload: 'chat', seed: 1 } });
});

it('numbers are sent as numbers', () => {
  expect(read({ n: ' 400 ', rate: '12.5', seed: '4294967295' })).toEqual({
    described: { workload: 'chat', seed: 4_294_967_295, n: 400, rate: 12.5 },
  });
});

it.each([
  [{ n: '0' }, 'n', 'Tokens: 0 is not a whole number from 1 to 100,000.'],
  [{ n: '100001' }, 'n', 'Tokens: 100001 is not a whole number from 1 to 100,000.'],
  [{ n: '1e3' }, 'n', 'Tokens: 1e3 is not a whole number from 1 to 100,000.'],
  [{ rate: '0' }, 'rate', 'Rate: 0 is not a number above 0 and up to 10,000.'],
  [{ rate: 'fast' }, 'rate', 'Rate: fast is not a number above 0 and up to 10,000.'],
  [{ seed: '' }, 'seed', 'Seed: nothing is not a whole number from 0 to 4,294,967,295.'],
  [
    { seed: '4294967296' },
    'seed',
    'Seed: 4294967296 is not a whole number from 0 to 4,294,967,295.',
  ],
  [{ seed: '-1' }, 'seed', 'Seed: -1 is not a whole number from 0 to 4,294,967,295.'],
])('refuses %o and names the field and the value', (fields, field, problem) => {
  expect(read(fields)).toEqual({ field, problem });
});
