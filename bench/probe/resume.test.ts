import { describe, expect, it } from 'vitest';
import type { WireEvent } from '../contract/dialects/dialect.ts';
import type { Observation } from '../contract/probe.ts';
import { head, observe, plainEvents, request } from './observation-fixture.ts';
import { judgeResume, resumeRequest } from './resume.ts';

const before = plainEvents(5);
const cursor = { lastEventId: 'e.5' };

const judge = (after: readonly WireEvent[], rest: Partial<Observation> = {}) =>
  judgeResume({
    before,
    cursor,
    after: observe(
      after.map((event, index) => [index + 1, event]),
      rest,
    ),
  });

describe('a stream that is asked for again', () => {
  it.each([
    ['continues with the next event', plainEvents(3, { from: 6 }), 'continues', 0, 0],
    ['repeats the last two', plainEvents(5, { from: 4 }), 'repeats', 2, undefined],
    ['loses two', plainEvents(3, { from: 8 }), 'loses', 0, 2],
    ['begins anew', plainEvents(8), 'anew', 5, undefined],
    ['begins anew as another stream', plainEvents(8, { prefix: 'f.' }), 'anew', 0, undefined],
  ])('%s', (_what, after, verdict, repeated, lost) => {
    const found = judge(after);
    expect(found).toMatchObject({ verdict, repeated, cutAfter: 5, cursor: 'Last-Event-ID: e.5' });
    expect(found.lost).toBe(lost);
  });

  it('may say from where it continues, with the id of the cursor', () => {
    const open = { name: 'open', id: 'e.5', data: '{"from":6}' };
    expect(judge([open, ...plainEvents(3, { from: 6 })]).verdict).toBe('continues');
  });

  it('without numbers in its ids does not show whether any is lost', () => {
    const named = ['a', 'b', 'c', 'd'].map((id) => ({ id, data: id }));
    const found = judgeResume({
      before: named.slice(0, 2),
      cursor: { lastEventId: 'b' },
      after: observe(named.slice(2).map((event, index) => [index, event])),
    });
    expect(found.verdict).toBe('unclear');
  });

  it('with numbers that are not consecutive does not show it either', () => {
    const stamped = [10, 25, 31, 47].map((id) => ({ id: String(id), data: String(id) }));
    const found = judgeResume({
      before: stamped.slice(0, 3),
      cursor: { lastEventId: '31' },
      after: observe([[1, stamped[3]!]]),
    });
    expect(found.verdict).toBe('unclear');
  });

  it('by its sequence numbers, where events have no ids', () => {
    const numbered = Array.from({ length: 6 }, (_, index) => ({
      data: JSON.stringify({ type: 'x', sequence_number: index }),
    }));
    const found = judgeResume({
      before: numbered.slice(0, 3),
      cursor: { startingAfter: { responseId: 'r', sequenceNumber: 2 } },
      after: observe(numbered.slice(4).map((event, index) => [index, event])),
    });
    expect(found).toMatchObject({ verdict: 'loses', lost: 1, cursor: 'starting_after=2' });
  });

  it('may be refused, or be over', () => {
    const failure = { cause: 'not-found', message: 'the server answered 404' } as const;
    expect(judge([], { failure })).toMatchObject({
      verdict: 'refused',
      sentence: 'It cannot be resumed: the server answered 404.',
    });
    expect(judge([], { head: { ...head, status: 204 } }).verdict).toBe('nothing');
  });
});

describe('the request that continues', () => {
  const asked = { ...request, body: '{}', headers: [['Last-Event-ID', 'old']] as const };

  it('has the id of the last event, and is a GET', () => {
    const { url, method, headers, body } = resumeRequest(asked, { lastEventId: 'ä1' });
    expect([url, method, body]).toEqual([request.url, 'GET', undefined]);
    // As UTF-8, whose bytes are what is written.
    expect(headers).toEqual([['last-event-id', 'Ã¤1']]);
  });

  it('of Responses names the response and the number', () => {
    const startingAfter = { responseId: 'resp/1', sequenceNumber: 7 };
    expect(
      resumeRequest({ ...asked, url: 'http://h/v1/responses?a=b' }, { startingAfter }).url,
    ).toBe('http://h/v1/responses/resp%2F1?a=b&stream=true&starting_after=7');
  });
});
