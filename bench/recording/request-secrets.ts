// Hides what a request spells in plain: headers that are credentials, and parameters of a URL that
// look like some. A recording of this project has none; one that was imported or edited may.

import { isCredentialHeader } from '../contract/credentials.ts';
import type { StreamRecord } from '../contract/recording/stream-record.ts';

const HIDDEN = '<hidden>';
const SECRET_PARAMETER = /key|token|secret|password|signature|auth/i;

type Request = NonNullable<StreamRecord['request']>;

export function withoutCredentials({ url, headers, ...rest }: Request): Request {
  return {
    ...rest,
    ...(url !== undefined && { url: withoutSecrets(url) }),
    headers: headers.map(([name, value]) => [name, hideCredential(name, value)]),
  };
}

export function hideCredential(name: string, value: string): string {
  return isCredentialHeader(name) ? HIDDEN : value;
}

/** The query of a URL may hold a key, under names that nobody lists in full. */
function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  if (url.password !== '') url.password = 'hidden';
  for (const name of new URLSearchParams(url.search).keys())
    if (SECRET_PARAMETER.test(name)) url.searchParams.set(name, 'hidden');
  return url.href;
}
