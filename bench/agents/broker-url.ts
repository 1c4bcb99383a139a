// Parses --nats: the address of the broker, without secrets, since it is printed and saved.

import { BenchError } from '../contract/errors.ts';

/** @throws BenchError USAGE; never with what may be a password */
export function parseBrokerUrl(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
  if (url === null || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '')
    throw new BenchError('USAGE', '--nats: not the address of a broker', {
      hint: 'it looks like nats://127.0.0.1:4222, or tls://broker.example.org:4222',
    });
  if (url.username !== '' || url.password !== '')
    throw new BenchError('USAGE', '--nats: the address must not hold a user or a password', {
      hint: 'others see command lines: put them into a file, and give --creds FILE',
    });
  return url;
}
