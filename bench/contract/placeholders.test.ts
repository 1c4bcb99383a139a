import { expect, it } from 'vitest';
import { fillPlaceholders, placeholdersIn, redactorOf } from './placeholders.ts';

const valueOf = (name: string) => ({ KEY: 'sk-1234"x', PROMPT: 'say "hi"\n' })[name];

it('names each placeholder once', () => {
  expect(placeholdersIn(['Bearer ${KEY}', '${PROMPT} ${KEY}', '$KEY ${}'])).toEqual([
    'KEY',
    'PROMPT',
  ]);
});

it('escapes values in JSON, and not elsewhere; unknown names stay', () => {
  expect(fillPlaceholders('{"p":"${PROMPT}","o":"${OTHER}"}', valueOf)).toBe(
    String.raw`{"p":"say \"hi\"\n","o":"${'${OTHER}'}"}`,
  );
  expect(fillPlaceholders('Bearer ${KEY}', valueOf)).toBe('Bearer sk-1234"x');
});

it('takes a secret out in every form that a server may echo', () => {
  const redact = redactorOf(['KEY'], valueOf);
  const echoed = ['sk-1234"x', String.raw`sk-1234\"x`, 'sk-1234%22x'].join(' ');
  expect(redact(`bad key ${echoed}`)).toBe('bad key ${KEY} ${KEY} ${KEY}');
});

it('leaves ordinary words alone where a value is too short for a secret', () => {
  expect(redactorOf(['A'], () => 'on')('on and on')).toBe('on and on');
});
