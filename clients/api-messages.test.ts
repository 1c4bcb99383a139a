import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { payloadNames, payloads, renderPayload } from '../bench/contract/payload.ts';
import type { TokenSource } from '../bench/contract/workload.ts';
import { API_MESSAGE, checkApiMessages, countApiEvents } from './api-messages.ts';
import { CountCheck } from './count-check.ts';
import { ExpectedPayload, layOutSource } from './expected-payload.ts';
import { noFaults, SequenceCheck } from './sequence.ts';

const texts = ['Hello', ' wörld', '…', ' 🦀', '\n', '"quoted"'];
const source: TokenSource = { tokens: texts, jsonTexts: texts.map((text) => JSON.stringify(text)) };
const layout = layOutSource(source);
const text = texts.join('');
const sha256 = createHash('sha256').update(text).digest('hex');
const stream = { id: '17', tokens: texts.length, text: () => text };
const apiPayloads = payloadNames.filter((payload) => payloads[payload].api !== undefined);

it('a payload of this project has no messages around it', () => {
  expect(checkApiMessages('lean', 'sse', stream)).toBeUndefined();
  expect(countApiEvents('lean')).toBe(0);
});

describe.each(
  apiPayloads.flatMap((payload) =>
    (['sse', 'ws'] as const).flatMap((transport) =>
      (['bytes', 'text'] as const).map((feed) => [payload, transport, feed] as const),
    ),
  ),
)('%s over %s as %s', (payload, transport, feed) => {
  const { template, api } = payloads[payload];
  const before = api!.preamble(stream).map(({ data }) => data);
  const endMarks = transport === 'sse' ? [api!.endMark ?? []].flat() : [];
  const after = [...api!.epilogue(stream).map(({ data }) => data), ...endMarks];
  const tokens = texts.map((one, index) =>
    renderPayload(template('17'), index + 1, JSON.stringify(one)),
  );
  const whole = [...before, ...tokens, ...after];

  const run = (received: readonly string[], Check: typeof SequenceCheck | typeof CountCheck) => {
    const counts = noFaults();
    const check = new Check(new ExpectedPayload(source, layout, template('17')), {
      sourceStart: 0,
      tokens: texts.length,
      counts,
      apiMessages: checkApiMessages(payload, transport, stream),
    });
    const places = received.map((message) =>
      feed === 'text'
        ? check.acceptText(message)
        : check.acceptBytes(Buffer.from(message), 0, Buffer.byteLength(message)),
    );
    return { places, isVerified: check.finish(sha256, () => sha256), counts };
  };

  describe.each([
    ['token by token', SequenceCheck],
    ['by its counts', CountCheck],
  ] as const)('%s', (_, Check) => {
    it('a whole stream verifies, and its messages have no place among the tokens', () => {
      expect(run(whole, Check)).toEqual({
        places: [
          ...before.map(() => API_MESSAGE),
          ...tokens.map((_, index) => index),
          ...after.map(() => API_MESSAGE),
        ],
        isVerified: true,
        counts: noFaults(),
      });
    });

    it('a stream without one of them does not verify', () => {
      for (let index = 0; index < whole.length; index++)
        expect(run(whole.toSpliced(index, 1), Check).isVerified).toBe(false);
    });

    it('a stream with one of them twice, or in another place, does not verify', () => {
      expect(run([before[0]!, ...whole], Check).isVerified).toBe(false);
      expect(run([...whole, after.at(-1)!], Check).isVerified).toBe(false);
      expect(run([...before, tokens[0]!, ...whole.slice(before.length)], Check).isVerified).toBe(
        false,
      );
      expect(run([...whole.slice(before.length), ...before], Check).isVerified).toBe(false);
    });

    it('a stream with a changed one does not verify', () => {
      for (const changed of [0, whole.length - 1])
        expect(run(whole.with(changed, `${whole[changed]!.slice(0, -1)}#`), Check).isVerified).toBe(
          false,
        );
    });
  });
});

it('as many events are counted as an event stream has besides tokens, `open` and `done`', () => {
  expect(apiPayloads.map((payload) => [payload, countApiEvents(payload)])).toEqual([
    ['openai', 4],
    ['openai-responses', 9],
    ['anthropic', 6],
  ]);
});
