import { expect, test } from 'vitest';
import { summariseStalls } from './summarise-stalls.ts';

const specification = { connections: 3, atNs: 1000 };
const resident = { beforeBytes: 100, peakBytes: 130, endBytes: 120 };

test('times count from the stop and are medians of the streams to which it happened', () => {
  const streams = [
    { stream: 1, blockedNs: 1500, takenBytes: 40, cutNs: 1900 },
    { stream: 4, blockedNs: 1700, takenBytes: 60 },
    { stream: 9 },
  ];
  expect(summariseStalls({ specification, streams, resident })).toEqual({
    stopped: 3,
    blocked: 2,
    cut: 1,
    toBlockedNs: 600,
    toCutNs: 900,
    takenBytes: 50,
    rssBeforeBytes: 100,
    rssPeakBytes: 130,
    rssEndBytes: 120,
  });
});

test('what never happened and what could not be read is unknown, not 0', () => {
  const unread = { beforeBytes: undefined, peakBytes: undefined, endBytes: undefined };
  expect(summariseStalls({ specification, streams: [{ stream: 1 }], resident: unread })).toEqual({
    stopped: 3,
    blocked: 0,
    cut: 0,
  });
});

test('a socket that was full when the reader stopped was full at once', () => {
  const streams = [{ stream: 1, blockedNs: 990 }];
  expect(summariseStalls({ specification, streams, resident }).toBlockedNs).toBe(0);
});
