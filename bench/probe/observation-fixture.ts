// Test fixture: made-up observations of streams.

import type { WireEvent } from '../contract/dialects/dialect.ts';
import type { EndpointRequest, EndpointHead } from '../contract/endpoint.ts';
import type { Observation } from '../contract/probe.ts';
import { NS_PER_MS } from '../contract/units.ts';

export const request: EndpointRequest = {
  url: 'http://127.0.0.1:8000/v1/chat/completions',
  method: 'POST',
  headers: [],
  timeoutMs: 30_000,
  totalTimeoutMs: 120_000,
  maxBytes: 1_000_000,
};

export const head: EndpointHead = {
  status: 200,
  httpVersion: '1.1',
  headers: { 'content-type': 'text/event-stream; charset=utf-8' },
  contentType: 'text/event-stream',
  framing: 'event-stream',
};

/** Times in ms; the request was sent after 1 ms. */
export function observe(
  events: readonly (readonly [ms: number, event: WireEvent])[],
  rest: Partial<Observation> = {},
): Observation {
  const timed = events.map(([ms, event]): [number, WireEvent] => [ms * NS_PER_MS, event]);
  const times = [...new Set(timed.map(([atNs]) => atNs))];
  return {
    connectNs: 0.2 * NS_PER_MS,
    sentNs: NS_PER_MS,
    headNs: 3 * NS_PER_MS,
    head,
    reads: times.map((atNs): [number, number] => [atNs, 100]),
    events: timed,
    commentsNs: [],
    pingsNs: [],
    isTruncated: false,
    end: { kind: 'in-order' },
    endNs: (times.at(-1) ?? 0) + NS_PER_MS,
    wire: {
      bytesRead: 5000,
      bodyBytes: 4800,
      reads: times.length,
      hasHalfEvent: false,
      hasInvalidUtf8: false,
      lineEnds: { lf: 2 * events.length, crlf: 0, cr: 0 },
      hasSpacedData: true,
    },
    ...rest,
  };
}

const chunk = (delta: object, rest: object = {}): WireEvent => ({
  data: JSON.stringify({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: null }],
    ...rest,
  }),
});

/** The stream of a reasoning model: role, reasoning, content, finish, usage, `[DONE]`. */
export function chatEvents(
  tokens = 12,
  stepMs = 20,
): readonly (readonly [ms: number, event: WireEvent])[] {
  const at = (index: number): number => 25 + index * stepMs;
  return [
    [4, chunk({ role: 'assistant', content: '' })],
    ...Array.from(
      { length: tokens },
      (_, index) =>
        [
          at(index),
          chunk(index < 4 ? { reasoning_content: 'hm ' } : { content: `w${index} ` }),
        ] as const,
    ),
    [
      at(tokens),
      {
        data: JSON.stringify({
          object: 'chat.completion.chunk',
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        }),
      },
    ],
    [
      at(tokens),
      {
        data: JSON.stringify({
          object: 'chat.completion.chunk',
          choices: [],
          usage: { completion_tokens: 2 * tokens },
        }),
      },
    ],
    [at(tokens), { data: '[DONE]' }],
  ];
}

/** Numbered events of no known dialect. */
export function plainEvents(
  count: number,
  { from = 1, prefix = 'e.' }: { readonly from?: number; readonly prefix?: string } = {},
): readonly WireEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${prefix}${from + index}`,
    data: `t${from + index}`,
  }));
}
