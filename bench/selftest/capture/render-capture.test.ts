import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import type { Gate } from '../../contract/run-file.ts';
import { plainPaint } from '../../report/paint.ts';
import type { CapturedTransport, CaptureResult } from './capture-trial.ts';
import { renderCapture } from './render-capture.ts';

const times = (...us: number[]): CapturedTransport['gapErrorNs'] =>
  summariseDistribution(Float64Array.from(us, (one) => one * 1000));

const sse: CapturedTransport = {
  transport: 'sse',
  plannedTokens: 4401,
  matchedTokens: 4401,
  writeToWireNs: times(7.8, 24.4, 60, 130, 1070),
  wireToReceiptNs: times(6.2, 32.1, 64, 501, 3100),
  gapErrorNs: times(1, 14, 60, 400),
  earliestWireNs: 7800,
  earliestReceiptNs: 6200,
  checks: [
    {
      id: 'K1',
      title: 'tokens not found in the packets',
      value: 0,
      limit: 0,
      unit: 'count',
      ok: true,
    },
    {
      id: 'K6',
      title: 'error of the gap between two tokens, p99',
      value: 400_000,
      limit: 1e6,
      unit: 'ns',
      ok: true,
    },
  ],
  tokensPerSegment: [
    { tokens: 1, segments: 4391 },
    { tokens: 2, segments: 1 },
  ],
  splitTokens: 0,
  cutSegments: 0,
  streamsUnseen: 0,
  packets: { packets: 36_341, dropped: 0 },
  clock: { bracketNs: 80, driftNs: 1, errorBoundNs: 40 },
  deliveryP50Ns: { captured: 57_800, uncaptured: 54_500 },
  missedGates: [],
};
const ws: CapturedTransport = { ...sse, transport: 'ws' };

const tooFarOff = {
  id: 'K6',
  title: 'error of the gap between two tokens, p99',
  value: 14.4e6,
  limit: 1e6,
  unit: 'ns',
  ok: false,
} as const;
const busy: Gate = {
  id: 'N2',
  kind: 'environment',
  title: 'CPU used by other programs',
  value: 0.565,
  limit: 0.05,
  unit: 'ratio',
  ok: false,
};

function judged(...transports: CapturedTransport[]): CaptureResult {
  const ok = transports.every(({ checks }) => checks.every((check) => check.ok));
  return {
    outcome: 'judged',
    ok,
    load: { connections: 20, tokensPerSecond: 50, windowNs: 4e9 },
    transports,
  };
}

const textOf = (result: CaptureResult): string => renderCapture(result, plainPaint);
/** Joins wrapped text into one line. */
const flatten = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('the ground truth as text', () => {
  it('shows the way of a token in its two parts, for each transport', () => {
    const lines = textOf(judged(sse, ws)).split('\n');
    expect(lines).toContain(
      '                                              least        p50        p90        p99       most',
    );
    expect(lines).toContain(
      'SSE             written → packet            7.80 µs    60.0 µs    1.07 ms    1.07 ms    1.07 ms',
    );
    expect(lines).toContain(
      '                packet → read               6.20 µs    64.0 µs    3.10 ms    3.10 ms    3.10 ms',
    );
    expect(lines.filter((line) => line.startsWith('WebSocket '))).toHaveLength(1);
  });

  it('shows every check with its limit, what was found and what was lost', () => {
    const text = textOf(judged(sse));
    expect(text).toContain(
      '✓ tokens not found in the packets                                      0  0\n',
    );
    expect(text).toContain(
      '✓ error of the gap between two tokens, p99                          1 ms  400 µs\n',
    );
    expect(flatten(text)).toContain(
      '4401 of 4401 tokens found, 4391 packets carried 1, 1 packet carried 2; 0 were spread over several.',
    );
    expect(flatten(text)).toContain(
      'captured 36 341 packets, those of the warm-up included, and lost 0.',
    );
    expect(flatten(text)).toContain(
      'Delivery p50 is 57.8 µs here and 54.5 µs in one trial without tcpdump',
    );
    expect(text.trimEnd()).toMatch(/The stamps of the harness agree with the kernel’s: SSE\.$/);
  });

  it('says what failed, and that a busy machine may be why', () => {
    const text = textOf(judged(sse, { ...ws, checks: [tooFarOff], missedGates: [busy] }));
    expect(text).toContain(
      '✗ error of the gap between two tokens, p99                          1 ms  14.4 ms  FAILED',
    );
    expect(text).toContain('FAILED: WebSocket, error of the gap between two tokens, p99: 14.4 ms');
    expect(flatten(text)).toContain(
      'The machine was not quiet (WebSocket: CPU used by other programs 56.5 %). Stop other programs and repeat.',
    );
    expect(text).not.toContain('agree');
  });

  it('does not blame a quiet machine, nor a busy one for what no load can do', () => {
    const lost = {
      id: 'K1',
      title: 'tokens not found in the packets',
      value: 3,
      limit: 0,
      unit: 'count',
      ok: false,
    } as const;
    for (const text of [
      textOf(judged({ ...sse, checks: [tooFarOff] })),
      textOf(judged({ ...sse, checks: [lost], missedGates: [busy] })),
    ]) {
      expect(text).toContain('Do not trust a measurement of this machine before it is known why.');
      expect(text).not.toContain('not quiet');
    }
  });

  it('tells of a check without a value, of lost and cut packets and of unseen streams', () => {
    const silent: CapturedTransport = {
      ...sse,
      checks: [
        {
          id: 'K5',
          title: 'error of the gap between two tokens, p50',
          limit: 50_000,
          unit: 'ns',
          ok: false,
        },
      ],
      writeToWireNs: undefined,
      gapErrorNs: undefined,
      tokensPerSegment: [],
      packets: { packets: 10, dropped: 4 },
      cutSegments: 3,
      streamsUnseen: 2,
    };
    const painted = renderCapture(judged(silent), (style, text) => `<${style}>${text}</${style}>`);
    expect(painted).toContain('<red>–  FAILED</red>');
    expect(painted).toContain(
      '<yellow>  tcpdump captured 10 packets, those of the warm-up included, and lost 4.</yellow>',
    );
    expect(painted).toContain('3 packets were captured only in part');
    expect(painted).toContain('2 streams have no connection in the capture.');
  });

  it('shows a captured trial that is INVALID in itself as failed', () => {
    const corrupt: Gate = {
      id: 'C1',
      kind: 'correctness',
      title: 'tokens lost',
      value: 2,
      limit: 0,
      unit: 'count',
      ok: false,
    };
    const result = judged({ ...sse, missedGates: [corrupt] });
    expect(textOf({ ...result, ok: false } as CaptureResult)).toContain(
      'FAILED: SSE, tokens lost: 2',
    );
  });

  it('says why there was no capture and how to mend it', () => {
    const refusal = {
      reason: 'not-installed',
      message: 'tcpdump is not installed',
      remedy: 'apt-get install tcpdump',
    } as const;
    expect(textOf({ outcome: 'refused', refusal })).toBe(
      'The stamps were not checked against packets.\ntcpdump is not installed\nTo mend it: apt-get install tcpdump\n',
    );
  });

  it('fits 100 columns', () => {
    const text = textOf(
      judged(sse, {
        ...ws,
        transport: 'tcp',
        checks: [tooFarOff],
        missedGates: [busy, busy, busy],
      }),
    );
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });
});
