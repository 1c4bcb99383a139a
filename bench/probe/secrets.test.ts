import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandVariables } from './environment-values.ts';
import { Secrets } from './secrets.ts';

const KEY = 'sk-live"ä/+9=x';

function secretsOf(...values: readonly string[]): Secrets {
  const secrets = new Secrets();
  for (const value of values) secrets.add(value, '${KEY}');
  return secrets;
}

describe('a secret is replaced', () => {
  it.each([
    ['as it is', KEY],
    ['in JSON', JSON.stringify(KEY).slice(1, -1)],
    ['in a URL', encodeURIComponent(KEY)],
    ['as base64', Buffer.from(KEY).toString('base64')],
    ['as base64url', Buffer.from(KEY).toString('base64url')],
    ['as UTF-8 taken for latin1', Buffer.from(KEY).toString('latin1')],
  ])('%s', (_how, form) => {
    expect(secretsOf(KEY).redact(`a ${form} b ${form}`)).toBe('a ${KEY} b ${KEY}');
  });

  it.each([
    ['at the end of a text', `said ${KEY.slice(0, 9)}`, 'said ${KEY}'],
    ['before an ellipsis', `"said ${KEY.slice(0, 9)}…" and more`, '"said ${KEY}…" and more'],
  ])('where it was cut %s', (_where, text, redacted) => {
    expect(secretsOf(KEY).redact(text)).toBe(redacted);
  });

  it('even if another secret is part of it', () => {
    const secrets = secretsOf('abcdef');
    secrets.add('xxabcdefyy', '${LONG}');
    expect(secrets.redact('xxabcdefyy abcdef')).toBe('${LONG} ${KEY}');
  });

  it('in all texts of a value, and nothing else is changed', () => {
    expect(
      secretsOf('secret').redactAll({ a: ['x secret', 1], secret: { b: undefined, c: true } }),
    ).toEqual({ a: ['x ${KEY}', 1], secret: { b: undefined, c: true } });
  });

  it('wherever it stands, and whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, unit: 'grapheme' }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          fc.pre(!'${KEY}'.includes(secret));
          expect(secretsOf(secret).redact(before + secret + after)).not.toContain(secret);
        },
      ),
    );
  });
});

describe('a variable', () => {
  const environment = { KEY: 'sk-123456', EMPTY: '', SHORT: 'abc' };
  const expand = (text: string, secrets = new Secrets()): string =>
    expandVariables(text, { flag: '--header x', environment, secrets });

  it('is put in, and is a secret from then on', () => {
    const secrets = new Secrets();
    expect(expand('Bearer ${KEY}', secrets)).toBe('Bearer sk-123456');
    expect(secrets.redact('sk-123456')).toBe('${KEY}');
  });

  it('is written as itself with two dollars', () => {
    expect(expand('$${KEY} ${KEY} $KEY {KEY}')).toBe('${KEY} sk-123456 $KEY {KEY}');
  });

  it.each([
    ['${MISSING}', '--header x: the environment has no MISSING'],
    ['${EMPTY}', 'EMPTY is too short to be kept secret: 0 characters'],
    ['${SHORT}', 'SHORT is too short to be kept secret: 3 characters'],
  ])('%s is a usage error that names it', (text, message) => {
    expect(() => expand(text)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
