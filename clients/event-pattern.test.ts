import { expect, it } from 'vitest';
import { EventPatterns, patternWords as words } from './event-pattern.ts';

it('clients that saw the same are counted together, the most frequent first', () => {
  const patterns = new EventPatterns();
  for (const stream of [1, 2, 3]) {
    patterns.note(stream, words.lost('ECONNRESET'));
    patterns.note(stream, words.accepted);
  }
  patterns.note(9, words.lost('bye'));
  patterns.note(8, words.lost('silent'));
  expect(patterns.tally()).toEqual([
    { events: ['read: ECONNRESET', 'accepted'], clients: 3 },
    { events: ['bye'], clients: 1 },
    { events: ['silent'], clients: 1 },
  ]);
});

it('equal events in a row are folded to one, 2–3 or more', () => {
  const patterns = new EventPatterns();
  for (let times = 1; times <= 5; times++) {
    for (let time = 0; time < times; time++)
      patterns.note(times, words.attemptFailed('ECONNREFUSED'));
    patterns.note(times, words.done);
  }
  expect(patterns.tally()).toEqual([
    { events: ['attempt: ECONNREFUSED ×2–3', 'done'], clients: 2 },
    { events: ['attempt: ECONNREFUSED ×4+', 'done'], clients: 2 },
    { events: ['attempt: ECONNREFUSED', 'done'], clients: 1 },
  ]);
});

it('an event of which it does not matter how often it came is noted once', () => {
  const patterns = new EventPatterns();
  for (let time = 0; time < 9; time++) patterns.noteOnce(1, words.seenAgain);
  expect(patterns.tally()).toEqual([{ events: ['seen again'], clients: 1 }]);
});

it('patterns beyond the twentieth are merged, and no client is lost', () => {
  const patterns = new EventPatterns();
  for (let stream = 0; stream < 30; stream++)
    patterns.note(stream, words.attemptFailed(`E${stream}`));
  const tally = patterns.tally();
  expect(tally.length).toBe(21);
  expect(tally.at(-1)).toEqual({ events: ['other'], clients: 10 });
  expect(tally.reduce((sum, { clients }) => sum + clients, 0)).toBe(30);
});

it('a client that is thrown out again and again has a pattern of bounded length', () => {
  const patterns = new EventPatterns();
  for (let time = 0; time < 1000; time++) {
    patterns.note(1, words.accepted);
    patterns.note(1, words.lost('closed-early'));
  }
  const [pattern] = patterns.tally();
  expect([pattern!.events.length, pattern!.events.at(-1)]).toEqual([41, '…']);
});
