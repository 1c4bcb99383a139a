// Payloads whose tokens are bytes. Their text form is that of `lean`, with the bytes in base64;
// their binary form is the number of the token in four bytes, then the bytes.

import { KIB, MIB } from '../units.ts';
import { lean } from './lean.ts';
import type { ChunkTokens, PayloadProfile } from './payload-profile.ts';

/** `isNumbered`: both forms carry the number, so that every transport resumes as it does text. */
const chunks = (summary: string, chunk: ChunkTokens): PayloadProfile => ({
  summary,
  isNumbered: true,
  template: lean.template,
  api: undefined,
  chunk,
});

/** 16 kHz, 16 bit, mono: 32,000 bytes a second. */
const AUDIO_BYTES = 640;

export const audio = chunks(
  '20 ms of PCM audio, 640 bytes (16 kHz, 16 bit, mono): base64 in text, as they are in binary messages',
  // As fast as it is spoken.
  { bytes: AUDIO_BYTES, workload: { tokensPerSecond: 50, tokensPerStream: 150 } },
);

export const blob16k = chunks(
  '16 KiB of bytes, such as a piece of an image: base64 in text, as they are in binary messages',
  {
    bytes: 16 * KIB,
    workload: { tokensPerSecond: 20, tokensPerStream: 60 },
    connections: 50,
  },
);

export const blob1m = chunks(
  '1 MiB of bytes, such as a file: base64 in text, as they are in binary messages',
  {
    bytes: MIB,
    workload: { tokensPerSecond: 4, tokensPerStream: 12 },
    connections: 20,
  },
);
