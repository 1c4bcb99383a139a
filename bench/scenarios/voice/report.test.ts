import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { voiceAnalysis } from './fixture.ts';
import { voiceParts } from './parts.ts';
import { voiceReading } from './reading.ts';
import { armSentences } from './sentences.ts';

const contextOf = (analysis: ReturnType<typeof voiceAnalysis>) => ({
  analysis,
  metrics: voiceReading.metrics,
  parts: voiceParts,
});
const context = contextOf(voiceAnalysis());

describe('the report of sessions of voice', () => {
  it('is the one that was read and approved', async () => {
    const report = renderReport(context, { charts: [] });
    await expect(report).toMatchFileSnapshot('golden/voice.md');
    expect(report).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    const text = renderTerminal(context, { paint: plainPaint, reportPath: 'report.md' });
    await expect(text).toMatchFileSnapshot('golden/voice.txt');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('says of each arm over which paths a session works', () => {
    expect(armSentences(context)).toEqual([
      'Over WebSocket, binary, a voice session works directly and with a round trip of 80 ms.',
      'Over SSE (a POST a frame up), a voice session works directly; it does not work with a round trip of 80 ms (98.8 % of the frames up and 0 % of those down are late; the server gets 12.5 frames/s of a session).',
      'Over SSE (one POST up), a voice session works directly and with a round trip of 80 ms.',
    ]);
  });

  it('says nothing of a session whose trials were not valid', () => {
    const lost = voiceAnalysis({
      edit: (trial) => ({
        ...trial,
        gates: trial.gates.map((gate) =>
          gate.id === 'C1' && trial.arm.transport === 'ws-binary'
            ? { ...gate, value: 1, ok: false }
            : gate,
        ),
      }),
    });
    const [first] = armSentences(contextOf(lost));
    expect(first).toBe(
      'Over WebSocket, binary, this run cannot say whether a voice session works directly and with a round trip of 80 ms.',
    );
  });

  it('names the number of sessions where there are several', () => {
    const two = voiceAnalysis({
      plan: { loadPoints: [{ connections: 8 }, { connections: 16 }] },
    });
    expect(armSentences(contextOf(two))[0]).toBe(
      'Over WebSocket, binary, a voice session works directly for 8 sessions and directly for 16 sessions.',
    );
  });
});
