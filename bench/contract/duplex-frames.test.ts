import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binaryFrameBytes,
  parseBinaryFrame,
  parseTextFrame,
  renderBinaryFrame,
  renderTextFrame,
  textFrameBytes,
} from './duplex-frames.ts';

const frames = fc.record({
  number: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  isSpeech: fc.boolean(),
  content: fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes)),
});

describe('a frame', () => {
  it('survives both forms, whose lengths are those of the model', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const [binary, text] = [renderBinaryFrame(frame), renderTextFrame(frame)];
        expect(parseBinaryFrame(binary)).toEqual(frame);
        expect(parseTextFrame(text)).toEqual(frame);
        expect(binary).toHaveLength(binaryFrameBytes(frame.content.length));
        expect(text).toHaveLength(textFrameBytes(frame));
      }),
    );
  });

  it('is not what looks like one', () => {
    expect(parseBinaryFrame(Buffer.from([0, 0, 0, 1, 2, 9]))).toBeUndefined();
    for (const text of [
      '',
      'null',
      '[]',
      '{"s":1}',
      '{"s":1,"a":2,"d":""}',
      '{"s":"1","a":0,"d":""}',
    ])
      expect(parseTextFrame(text)).toBeUndefined();
  });
});
