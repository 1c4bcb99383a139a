// The certificate of arms over TLS: made once by the process that runs the trials, for this run
// alone, and told to servers and clients with their orders.

import { generate } from 'selfsigned';
import { TLS_NAME, type Certificate } from '../contract/certificate.ts';

let made: Promise<Certificate> | undefined;

export async function certificateOfRun(): Promise<Certificate> {
  made ??= makeCertificate();
  return await made;
}

/** ECDSA on P-256, as most servers have it today. */
export async function makeCertificate(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: TLS_NAME }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: TLS_NAME }] }],
  });
  return { cert, key };
}
