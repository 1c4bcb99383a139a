import { expect, it } from 'vitest';
import { fillPlaceholders, placeholdersIn, unescapePlaceholders } from './placeholders.ts';

const valueOf = (name: string) => ({ KEY: 'sk-1234"x', PROMPT: 'say "hi"\n' })[name];

it('names each placeholder once, and none that stands for itself', () => {
  expect(placeholdersIn(['Bearer ${KEY}', '${PROMPT} ${KEY}', '$KEY ${} $${OWN}'])).toEqual([
    'KEY',
    'PROMPT',
  ]);
});

it('escapes values in JSON, and not elsewhere; unknown names stay', () => {
  expect(fillPlaceholders('{"p":"${PROMPT}","o":"${OTHER}"}', valueOf)).toBe(
    '{"p":"say \\"hi\\"\\n","o":"${OTHER}"}',
  );
  expect(fillPlaceholders('Bearer ${KEY}', valueOf)).toBe('Bearer sk-1234"x');
});

it('what stands for itself is sent as it is', () => {
  expect(unescapePlaceholders(fillPlaceholders('$${KEY} ${KEY}', valueOf))).toBe(
    '${KEY} sk-1234"x',
  );
});
