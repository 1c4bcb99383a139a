import { describe, expect, it } from 'vitest';
import { endpointsOf, findMetric } from '../../analysis/scenario-reading.ts';
import { fixtureDistribution, finishedOf } from '../../analysis/trial-fixture.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import type { DuplexRecord } from '../../contract/duplex.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { voiceRecord } from './fixture.ts';
import { voiceReading } from './reading.ts';

const [trial] = fixtureRun({ blocks: 1, burnInBlocks: 0 }).trials as readonly CompletedTrial[];

function valueOf(id: string, change: Partial<DuplexRecord> = {}): number | undefined {
  return findMetric(voiceReading, id)?.value({
    ...finishedOf(trial!),
    outcome: 'duplex',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {
      frameUpNs: fixtureDistribution(2 * NS_PER_MS),
      frameDownNs: fixtureDistribution(NS_PER_MS),
      bargeInNs: fixtureDistribution(30 * NS_PER_MS),
    },
    duplex: { ...voiceRecord, ...change },
  });
}

describe('metrics of sessions of voice', () => {
  it('declare delivery in both directions, late frames, barge-in and CPU', () => {
    expect(endpointsOf(voiceReading).map(({ id, endpoint }) => `${endpoint} ${id}`)).toEqual([
      'P4 frame.down.p99',
      'P4 frame.up.p99',
      'P5 cpu.server.audio',
      'P12 late.down',
      'P12 late.up',
      'P13 barge.p50',
    ]);
  });

  it('have no quantile of a direction of which frames were not sent, and count these as late', () => {
    const unsent = { up: { planned: 100, delivered: 60, inTime: 50 } };
    expect(valueOf('frame.up.p50', unsent)).toBeUndefined();
    expect(valueOf('frame.down.p50', unsent)).toBe(NS_PER_MS);
    expect(valueOf('late.up', unsent)).toBe(0.5);
    expect(valueOf('late.down', unsent)).toBe(0);
  });

  it('divide CPU by the audio that arrived, not by the audio that was planned', () => {
    const quarter = { planned: 100, delivered: 25, inTime: 25 };
    const record = { up: quarter, down: quarter, serverCpuNs: 10 * NS_PER_MS };
    // 50 frames of 20 ms are one second.
    expect(valueOf('cpu.server.audio', record)).toBe(10 * NS_PER_MS);
  });

  it('have a barge-in only where each interruption stopped its answer', () => {
    expect(valueOf('barge.p50')).toBe(30 * NS_PER_MS);
    expect(valueOf('barge.p50', { bargeIns: { of: 10, stopped: 9 } })).toBeUndefined();
    expect(valueOf('barge.p50', { bargeIns: { of: 0, stopped: 0 } })).toBeUndefined();
  });

  it('leave heads and the large message out of the bytes of a frame', () => {
    const lane = { socket: 11_500, heads: 500, answers: 1000, model: 0, large: 1000, frames: 10 };
    expect(valueOf('bytes.frame.down', { bytes: { up: lane, down: lane } })).toBe(1000);
  });
});
