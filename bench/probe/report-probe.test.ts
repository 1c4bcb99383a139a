import { describe, expect, it } from 'vitest';
import { NS_PER_MS } from '../contract/units.ts';
import { chatEvents, observe, plainEvents, request } from './observation-fixture.ts';
import { reportProbe } from './report-probe.ts';

const report = (observed: ReturnType<typeof observe>) =>
  reportProbe(observed, { request, dialect: undefined, leftOut: [] });

describe('the report of a stream', () => {
  it('tells four firsts apart, from when the request was sent', () => {
    const { firsts, dialect, isWhole, connectNs, headNs } = report(observe(chatEvents()));
    expect(dialect).toMatchObject({ id: 'openai-chat', isSure: true });
    expect(firsts).toEqual({
      byteNs: 3 * NS_PER_MS,
      // The role is an event, and no token.
      eventNs: 3 * NS_PER_MS,
      tokenNs: 24 * NS_PER_MS,
      tokenChannel: 'reasoning',
      contentNs: (24 + 4 * 20) * NS_PER_MS,
    });
    expect([connectNs, headNs]).toEqual([0.2 * NS_PER_MS, 2 * NS_PER_MS]);
    expect(isWhole).toBe(true);
  });

  it('counts events, tokens and what the server counts apart', () => {
    expect(report(observe(chatEvents())).counts).toEqual({
      events: 16,
      tokenEvents: 12,
      tokens: 12,
      tokensByChannel: { reasoning: 4, content: 8 },
      tokensPerEvent: 1,
      usageTokens: 24,
      foreignEvents: 0,
      reads: 14,
      isTruncated: false,
    });
  });

  it('is not whole without the end that its dialect has', () => {
    const observed = observe(chatEvents().slice(0, -1));
    expect(report(observed)).toMatchObject({
      isWhole: false,
      completeness: { failures: [{ rung: 2, cause: 'no-terminator' }] },
    });
  });

  it('is not whole when the transport failed, whatever came', () => {
    const failure = { cause: 'reset', message: 'broke' } as const;
    const observed = observe(chatEvents(), { failure, end: { kind: 'cut', why: 'broke' } });
    expect(report(observed).isWhole).toBe(false);
  });

  it('has no dialect and is not whole when there was no stream', () => {
    const observed = observe([], {
      head: { ...observe([]).head!, status: 404, framing: 'other' },
      failure: { cause: 'not-found', message: 'the server answered 404', status: 404 },
    });
    const found = report(observed);
    expect(found.isWhole).toBe(false);
    expect(found).not.toHaveProperty('dialect');
    expect(found).not.toHaveProperty('completeness');
  });

  it('has the period of comments, ping frames and ping events together', () => {
    const at = (ms: number): number => ms * NS_PER_MS;
    const { pings } = report(
      observe([[1, { data: 'x' }]], {
        commentsNs: [at(100), at(115), at(130)],
        pingsNs: [at(145)],
      }),
    );
    expect(pings).toEqual({ comments: 3, frames: 1, events: 0, periodNs: 15 * NS_PER_MS });
  });
});

describe('whether something buffers', () => {
  const kindOf = (times: readonly number[]) => {
    const [first] = plainEvents(1);
    return report(observe(times.map((ms) => [ms, first!]))).buffering;
  };

  it('is denied when every event has a read of its own', () => {
    const { kind, sentence } = kindOf(Array.from({ length: 20 }, (_, i) => 10 + 20 * i));
    expect([kind, sentence]).toEqual(['none', 'Nothing buffers: 20 events came in 20 reads.']);
  });

  it('is said when everything comes at once after a wait', () => {
    const { kind, sentence } = kindOf([
      ...Array.from({ length: 10 }, () => 900),
      ...Array.from({ length: 10 }, () => 901),
    ]);
    expect(kind).toBe('all');
    expect(sentence).toContain('All 20 events came in the last 2 reads, 899 ms after the request');
  });

  it('is said when several events come at a time, over and over', () => {
    const { kind, sentence } = kindOf(
      Array.from({ length: 40 }, (_, i) => 10 + 100 * Math.floor(i / 8)),
    );
    expect(kind).toBe('bunched');
    expect(sentence).toContain('8.0 events a read, a read every 100 ms');
  });

  it('is said when gaps between reads bunch', () => {
    const { kind } = kindOf(
      Array.from({ length: 40 }, (_, i) => 10 + 200 * Math.floor(i / 8) + 0.1 * (i % 8)),
    );
    expect(kind).toBe('bunched');
  });

  it.each([
    ['few events', [1, 2, 3]],
    ['a stream that is over at once', Array.from({ length: 20 }, () => 5)],
  ])('is left open for %s', (_what, times) => {
    expect(kindOf(times).kind).toBe('unknown');
  });
});
