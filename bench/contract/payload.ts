// Payload bytes of a token, before any transport frames them. Server and client build them from the
// same template, so the payload of a token is equal on every transport, to the byte.

/**
 * A payload is `before` + sequence + `between` + JSON text + `after`; without a sequence `between`
 * is empty.
 */
export interface PayloadTemplate {
  readonly before: string;
  readonly carriesSequence: boolean;
  readonly between: string;
  readonly after: string;
}

interface PayloadProfile {
  readonly summary: string;
  /**
   * Whether a payload carries its position in the stream. Then SSE also sends it as `id:`, its own
   * means of resuming; WebSocket resumes by the payload's `s`. That is the one asymmetry of this
   * project that costs SSE bytes (5 + digits + epoch).
   */
  readonly isNumbered: boolean;
  /** The same for all tokens of a stream. */
  readonly template: (streamId: string) => PayloadTemplate;
}

const STREAM_ID_DIGITS = 8;

export const payloads = {
  lean: {
    summary: '{"s":18,"d":" tok"}: sequence and text',
    isNumbered: true,
    template: () => ({ before: '{"s":', carriesSequence: true, between: ',"d":', after: '}' }),
  },
  openai: {
    summary: 'chat.completion.chunk as the OpenAI API streams it; no sequence, no SSE id',
    isNumbered: false,
    template: (streamId) => ({
      // The id is padded so that all streams have the same envelope length. `created` is fixed: a
      // payload must not depend on when it was sent.
      before:
        `{"id":"chatcmpl-${streamId.padStart(STREAM_ID_DIGITS, '0')}","object":"chat.completion.chunk","created":1750000000,` +
        `"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_07871e2ad8","choices":[{"index":0,"delta":{"content":`,
      carriesSequence: false,
      between: '',
      after: '},"logprobs":null,"finish_reason":null}]}',
    }),
  },
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

/** `jsonText` is the token's text as a JSON string, quotes included; `sequence` is 1-based. */
export function renderPayload(
  template: PayloadTemplate,
  sequence: number,
  jsonText: string,
): string {
  return template.carriesSequence
    ? template.before + sequence + template.between + jsonText + template.after
    : template.before + jsonText + template.after;
}
