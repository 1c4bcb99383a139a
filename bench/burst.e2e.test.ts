// Tokens that are due together, with real processes and sockets. The implementations' write
// behaviour is known (node:http holds writes of an event-loop turn until its end, ws and a bare
// socket write each message at once), so the kernel must count exactly that many calls.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';
import { findMetric } from './analysis/scenario-reading.ts';
import type { TransportId } from './contract/arms/transports.ts';
import type { CompletedTrial } from './contract/run-file.ts';
import { burstReading } from './scenarios/burst/reading.ts';

const place = new CliFolder();

afterAll(() => place[Symbol.dispose]());

/**
 * A window holds about a thousand tokens of few streams, so a tick more or less at its edges
 * matters.
 */
const TOLERANCE = 0.1;

describe('1, 2, 5 and 10 tokens a tick', () => {
  let trials: CompletedTrial[] = [];
  const value = (id: string, transport: TransportId, tokensPerTick: number): number => {
    const trial = trials.find(
      ({ arm, loadPoint }) =>
        arm.transport === transport && loadPoint.tokensPerTick === tokensPerTick,
    )!;
    return findMetric(burstReading, id)!.value(trial)!;
  };

  beforeAll(async () => {
    await place.run(
      'run',
      'burst',
      '--preset',
      'smoke',
      '--transports',
      'sse,ws,tcp',
      '--name',
      'burst',
      '--seed',
      '1',
    );
    trials = place.readTrials('burst').filter((trial) => trial.outcome === 'completed');
  }, 180_000);

  it('every arm was measured at every number of tokens, at one mean rate', () => {
    expect(trials).toHaveLength(12);
    for (const { client, use } of trials.map(({ client }) => ({ client, use: client.use }))) {
      // 50 streams × 20 tokens/s; 10 tokens come every half second.
      expect(client.windowTokens / (use.wallNs / 1e9)).toBeGreaterThan(850);
      expect(client.windowTokens / (use.wallNs / 1e9)).toBeLessThan(1150);
    }
  });

  it.each([1, 2, 5, 10])(
    '%i: SSE writes and reads once a tick, WebSocket and bare TCP write once a token',
    (tokensPerTick) => {
      const perTick = 1 / tokensPerTick;
      expect(
        Math.abs(value('calls.server.token', 'sse', tokensPerTick) / perTick - 1),
      ).toBeLessThan(TOLERANCE);
      expect(
        Math.abs(value('calls.client.token', 'sse', tokensPerTick) / perTick - 1),
      ).toBeLessThan(TOLERANCE);
      expect(Math.abs(value('calls.server.token', 'ws', tokensPerTick) - 1)).toBeLessThan(
        TOLERANCE,
      );
      expect(Math.abs(value('calls.server.token', 'tcp', tokensPerTick) - 1)).toBeLessThan(
        TOLERANCE,
      );
    },
  );

  it.each([1, 2, 5, 10])(
    '%i: a client reads at most once a write and at least once a tick',
    (tokensPerTick) => {
      for (const transport of ['sse', 'ws', 'tcp'] as const) {
        const reads = value('calls.client.token', transport, tokensPerTick);
        expect(reads).toBeGreaterThan((1 - TOLERANCE) / tokensPerTick);
        expect(reads).toBeLessThan(
          (1 + TOLERANCE) * value('calls.server.token', transport, tokensPerTick),
        );
      }
    },
  );

  it.each([1, 2, 5, 10])('%i: each write becomes one segment', (tokensPerTick) => {
    expect(
      Math.abs(value('segments.token', 'sse', tokensPerTick) * tokensPerTick - 1),
    ).toBeLessThan(TOLERANCE);
    expect(Math.abs(value('segments.token', 'ws', tokensPerTick) - 1)).toBeLessThan(TOLERANCE);
    expect(Math.abs(value('segments.token', 'tcp', tokensPerTick) - 1)).toBeLessThan(TOLERANCE);
  });

  it('tokens that are meant to come together are no reason for a warning', () => {
    const warned = trials
      .filter(({ loadPoint }) => loadPoint.tokensPerTick !== 1)
      .flatMap(({ warnings }) => warnings);
    expect(warned.filter(({ code }) => code === 'same-tick')).toEqual([]);
  });
});
