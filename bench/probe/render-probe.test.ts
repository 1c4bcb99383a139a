import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { plainPaint } from '../report/paint.ts';
import { chatEvents, head, observe, plainEvents, request } from './observation-fixture.ts';
import { renderProbe } from './render-probe.ts';
import { reportProbe, type ReportOptions } from './report-probe.ts';

const options: ReportOptions = { request, dialect: undefined, leftOut: [] };

const cases: Readonly<Record<string, Parameters<typeof reportProbe>>> = {
  whole: [
    observe(chatEvents(40), {
      secureNs: 1.4e6,
      tls: { protocol: 'TLSv1.3', alpn: 'http/1.1' },
      preferredAlpn: 'h2',
      commentsNs: [1e9, 2e9, 3e9],
    }),
    {
      ...options,
      leftOut: ['authorization: Bearer ${OPENAI_API_KEY}'],
      resume: {
        verdict: 'repeats',
        cutAfter: 21,
        cursor: 'Last-Event-ID: 21',
        repeated: 2,
        sentence: 'It is resumed, and 2 events came a second time.',
      },
    },
  ],
  cut: [
    observe(chatEvents().slice(0, 9), {
      end: { kind: 'cut', why: 'the connection broke in the middle of the stream' },
      failure: {
        cause: 'reset',
        message: 'the connection broke in the middle of the stream (ECONNRESET)',
        hint: 'the server, or a proxy before it, broke the connection',
      },
    }),
    options,
  ],
  buffered: [
    observe(
      plainEvents(30).map((event, index) => [index < 15 ? 1200 : 1201, event]),
      { wire: { ...observe([]).wire, lineEnds: { lf: 0, crlf: 90, cr: 0 }, hasSpacedData: false } },
    ),
    options,
  ],
  socket: [
    observe(
      plainEvents(8).map(({ data }, index) => [10 + 2 ** index, { data }]),
      {
        head: { ...head, status: 101, headers: {}, framing: 'messages', contentType: '' },
        pingsNs: [1e9, 16e9, 31e9],
        wire: {
          bytesRead: 500,
          bodyBytes: 120,
          reads: 8,
          hasHalfEvent: false,
          hasInvalidUtf8: false,
          closeCode: 1000,
        },
      },
    ),
    { ...options, request: { ...request, url: 'ws://127.0.0.1:8000/stream', method: 'GET' } },
  ],
  refused: [
    observe([], {
      head: {
        ...head,
        status: 401,
        framing: 'other',
        headers: { 'content-type': 'text/html\u001b]0;owned\u0007' },
      },
      end: { kind: 'cut', why: 'the server answered 401' },
      failure: {
        cause: 'unauthorised',
        status: 401,
        message: 'the server answered 401: "no key"',
        hint: 'send a valid key',
        excerpt: 'no key',
      },
    }),
    options,
  ],
};

it.each(Object.entries(cases))(
  'a probe that is %s reads as approved',
  async (name, [observed, rest]) => {
    const text = renderProbe(reportProbe(observed, rest), plainPaint);
    await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  },
);

it.each(Object.entries(cases))(
  'a probe that is %s fits into 80 columns, without a control character',
  (_name, [observed, rest]) => {
    const text = renderProbe(reportProbe(observed, rest), plainPaint);
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  },
);
