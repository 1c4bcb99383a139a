// Payload bytes of a token, before any transport frames them. Server and client build them from the
// same template, so the payload of a token is equal on every transport, to the byte; and so are the
// messages that a vendor's API sends around the tokens.

import { anthropic } from './payloads/anthropic.ts';
import { lean } from './payloads/lean.ts';
import { openaiResponses } from './payloads/openai-responses.ts';
import { openai } from './payloads/openai.ts';
import type { PayloadProfile, PayloadTemplate } from './payloads/payload-profile.ts';

export const payloads = {
  lean,
  openai,
  'openai-responses': openaiResponses,
  anthropic,
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
