import { expect, it } from 'vitest';
import { scenarioNames } from '../scenarios/registry.ts';
import { renderRunHelp } from './help.ts';
import { flagNames, flagWords } from './run-flags.ts';

it('help of run names every flag and every scenario', () => {
  const help = renderRunHelp([]);
  for (const name of flagNames) expect(help).toContain(`--${flagWords(name)}`);
  for (const name of scenarioNames) expect(help).toMatch(new RegExp(`^  ${name}  `, 'm'));
});

it.each([
  ['run', []],
  ['reconnect', ['reconnect']],
  ['browser-limits', ['browser-limits']],
] as const)('help of %s reads as it was approved', async (name, names) => {
  await expect(renderRunHelp(names)).toMatchFileSnapshot(`golden/help-${name}.txt`);
});

it.each([[], ...scenarioNames.map((name) => [name])])(
  'help of run %s fits into 100 columns',
  (...names) => {
    const lines = renderRunHelp(names.filter((name) => name !== undefined)).split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  },
);
