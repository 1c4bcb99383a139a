// Every client that speaks TLS connects in this way: by the one version that the twins speak, and
// trusting the certificate of the run alone.

import type { ConnectionOptions } from 'node:tls';
import { TLS_NAME, TLS_VERSION } from '../bench/contract/certificate.ts';
import type { StreamTarget } from './stream-client.ts';

export function tlsOptionsOf({
  ca,
}: NonNullable<StreamTarget['tls']>): Pick<ConnectionOptions, 'ca' | 'servername' | 'minVersion'> {
  return { ca, servername: TLS_NAME, minVersion: TLS_VERSION };
}
