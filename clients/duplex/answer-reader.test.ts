import { expect, it } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const answer = 'HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n';

it('counts answers one by one, however they were cut', () => {
  const bytes = Buffer.from(answer + answer);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new AnswerReader();
    const found = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((part) =>
      reader.push(part, part.length),
    );
    expect(found).toEqual([answer.length, answer.length]);
  }
});

it('quotes a refusal', () => {
  const bytes = Buffer.from(
    'HTTP/1.1 409 Conflict\r\nContent-Length: 21\r\n\r\n{"message":"it is over"}',
  );
  expect(() => new AnswerReader().push(bytes, bytes.length)).toThrow(
    'the server answered 409 Conflict: {"message":"it is over"}',
  );
});

it('says where a connection ended', () => {
  const reader = new AnswerReader();
  expect(reader.endedBy(undefined).message).toContain('before the answer');
  reader.push(Buffer.from('HTTP/1.1 2'), 10);
  expect(reader.endedBy(undefined).message).toContain('within an answer');
});
