// The certificate of a server over TLS, which its clients trust and check.

import { z } from 'zod';

/** PEM; the key is of no value after the run, and is never saved. */
export const certificateSchema = z.object({ cert: z.string(), key: z.string() });

export type Certificate = z.infer<typeof certificateSchema>;

/** The name that the certificate is for, and that clients ask for, whatever the address. */
export const TLS_NAME = 'localhost';

/** The only version that is spoken: others have other handshakes. */
export const TLS_VERSION = 'TLSv1.3';
