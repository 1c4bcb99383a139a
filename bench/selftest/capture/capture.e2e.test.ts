// Tests real trials under a real tcpdump.

import { expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { isUntested } from '../../missing-fixture.ts';
import { captureTruth } from './capture-trial.ts';
import { renderCapture } from './render-capture.ts';

it('every token of SSE and WebSocket is found in the packets, between its two stamps', async (context) => {
  const result = await captureTruth({ connections: 10, warmupNs: 5e8, windowNs: 1e9, seed: 3 });
  if (result.outcome === 'refused') {
    const { message: why, remedy } = result.refusal;
    context.skip(isUntested('stamps against captured packets', { why, remedy }), why);
    return;
  }
  expect(result.transports.map(({ transport }) => transport)).toEqual(['sse', 'ws']);
  for (const captured of result.transports) {
    const { transport, checks, matchedTokens, plannedTokens, packets, tokensPerSegment } = captured;
    // Errors of gaps are not judged: other programs may take the CPU while tests run.
    const missed = checks.filter(({ id, ok }) => !ok && id !== 'K5' && id !== 'K6');
    expect({ transport, missed }).toEqual({ transport, missed: [] });
    expect(checks.every(({ value }) => value !== undefined)).toBe(true);
    expect(matchedTokens).toBe(plannedTokens);
    expect(plannedTokens).toBeGreaterThan(300);
    expect(packets.packets).toBeGreaterThan(plannedTokens);
    expect(packets.dropped).toBeDefined();
    expect(tokensPerSegment.reduce((sum, { tokens, segments }) => sum + tokens * segments, 0)).toBe(
      plannedTokens,
    );
    expect(captured.deliveryP50Ns.uncaptured).toBeGreaterThan(0);
    expect(captured.missedGates.filter(({ kind }) => kind === 'correctness')).toEqual([]);
  }
  // ws writes each message by itself.
  expect(result.transports[1]?.tokensPerSegment.map(({ tokens }) => tokens)).toEqual([1]);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  expect(renderCapture(result, plainPaint)).toContain('packet → read');
});
