// Payload bytes of a token, before any transport frames them. Server and client build them from the
// same template, so the payload of a token is equal on every transport, to the byte; and so are the
// messages that a vendor's API sends around the tokens.

import { anthropic } from './payloads/anthropic.ts';
import { audio, blob16k, blob1m } from './payloads/chunks.ts';
import { lean } from './payloads/lean.ts';
import { openaiResponses } from './payloads/openai-responses.ts';
import { openai } from './payloads/openai.ts';
import type { PayloadProfile, PayloadTemplate } from './payloads/payload-profile.ts';
import { MIB } from './units.ts';

export const payloads = {
  lean,
  openai,
  'openai-responses': openaiResponses,
  anthropic,
  audio,
  'blob-16k': blob16k,
  'blob-1m': blob1m,
} as const satisfies Record<string, PayloadProfile>;

/** `,"p":""`: the member that carries the padding. */
const PADDING_MEMBER_BYTES = 7;

/** The template with `bytes` (at least 8) more in each payload, as one more JSON member. */
export function padTemplate(template: PayloadTemplate, bytes: number): PayloadTemplate {
  const end = template.after.lastIndexOf('}');
  const padding = `,"p":"${'x'.repeat(bytes - PADDING_MEMBER_BYTES)}"`;
  return { ...template, after: template.after.slice(0, end) + padding + template.after.slice(end) };
}

export type PayloadName = keyof typeof payloads;

export const payloadNames = Object.keys(payloads) as PayloadName[];

/**
 * Names of the events of all APIs. They are also the `type` in the data of each, by which a message
 * of an API differs from a control event on transports without event names.
 */
export const apiEventNames: readonly string[] = payloadNames.flatMap(
  (payload) => payloads[payload].api?.eventNames ?? [],
);

/** `jsonText` is the token's text as a JSON string, quotes included; `sequence` is 1-based. */
export function renderPayload(
  template: PayloadTemplate,
  sequence: number,
  jsonText: string,
): string {
  const { before, firstNumber, between, after } = template;
  return firstNumber === undefined
    ? before + jsonText + after
    : before + (firstNumber + sequence - 1) + between + jsonText + after;
}

/** A token that is bytes, on its way to a writer: its transport decides the form of its message. */
export interface ChunkPayload {
  readonly template: PayloadTemplate;
  /** 1-based. */
  readonly sequence: number;
  readonly chunk: Buffer;
}

/** A writer is given the text of a token's message, or the bytes to make it from. */
export type Payload = string | ChunkPayload;

/** @param content The token's text as a JSON string, quotes included; or its bytes. */
export function renderContent(
  template: PayloadTemplate,
  sequence: number,
  content: string | Buffer,
): Payload {
  return typeof content === 'string'
    ? renderPayload(template, sequence, content)
    : { template, sequence, chunk: content };
}

/** Base64 has no character that JSON escapes. */
export function renderChunkText({ template, sequence, chunk }: ChunkPayload): string {
  return renderPayload(template, sequence, `"${chunk.toString('base64')}"`);
}

/** Bytes of the number that leads a chunk in a binary message, the highest first. */
export const CHUNK_NUMBER_BYTES = 4;

/**
 * The number is below 2²⁴ in every stream, so the message begins with a zero byte, as no JSON text
 * does: a receiver tells both by it.
 */
export function renderChunkMessage({ sequence, chunk }: ChunkPayload): Buffer {
  const message = Buffer.allocUnsafe(CHUNK_NUMBER_BYTES + chunk.length);
  message.writeUInt32BE(sequence);
  chunk.copy(message, CHUNK_NUMBER_BYTES);
  return message;
}

export function isChunkMessage(message: Buffer): boolean {
  return message[0] === 0;
}

/** Bytes of a chunk's message in text, for numbers of up to seven digits. */
export function chunkTextBytes(chunkBytes: number): number {
  return 4 * Math.ceil(chunkBytes / 3) + '{"s":1000000,"d":""}'.length;
}

/** The same for a payload; 0 where tokens are text, whose messages are small. */
export function messageBytes(payload: PayloadName): number {
  const { chunk } = payloads[payload];
  return chunk === undefined ? 0 : chunkTextBytes(chunk.bytes);
}

/** Limit of every receiver: above the largest message of any payload, with what frames it. */
export const MAX_MESSAGE_BYTES = 2 * MIB;
