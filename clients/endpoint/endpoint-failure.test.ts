import { expect, it } from 'vitest';
import { endpointCauses } from '../../bench/contract/endpoint.ts';
import { endpointFailure, failureOf, socketFailure } from './endpoint-failure.ts';

const broken = (code: string): NodeJS.ErrnoException => Object.assign(new Error('why'), { code });

it.each([
  ['ECONNREFUSED', 'connecting', 'refused'],
  ['EHOSTUNREACH', 'connecting', 'unreachable'],
  ['ENETUNREACH', 'connecting', 'unreachable'],
  ['ENOTFOUND', 'connecting', 'dns'],
  ['EAI_AGAIN', 'connecting', 'dns'],
  ['ETIMEDOUT', 'connecting', 'connect-timeout'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'securing', 'tls-name'],
  ['CERT_HAS_EXPIRED', 'securing', 'tls-chain'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'securing', 'tls-chain'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'securing', 'tls-chain'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'securing', 'tls-other'],
  ['ECONNRESET', 'securing', 'tls-other'],
  ['ECONNRESET', 'waiting', 'reset'],
  ['EPIPE', 'reading', 'reset'],
] as const)('%s while %s is %s, and the code is shown', (code, phase, cause) => {
  const failure = socketFailure(broken(code), { phase, authority: 'host:1' });
  expect(failure.cause).toBe(cause);
  expect(failure.message).toContain(code);
});

it.each(endpointCauses)('%s has a hint that says what to try', (cause) => {
  expect(endpointFailure(cause, 'x').hint).toMatch(/^\S.{15,}/);
});

it('what is no failure of the bytes is a bug, and thrown on', () => {
  expect(() => failureOf(new TypeError('bug'))).toThrow('bug');
});
