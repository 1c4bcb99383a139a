import { describe, expect, it } from 'vitest';
import type { FaultedTrial } from '../../contract/run-file.ts';
import { analyse } from '../../analysis/analyse.ts';
import type { Answer } from '../../claims/claim-reading.ts';
import { recoveryEvidence } from './evidence.ts';
import { recoveryReading } from './reading.ts';
import { recoveryRun, type RecoveryRunOptions } from './recovery-fixture.ts';

function ask(question: string, options: RecoveryRunOptions): readonly Answer[] {
  const analysis = analyse(recoveryRun({ blocks: 3, ...options }), recoveryReading);
  return recoveryEvidence[question]!(analysis);
}

/** In this block the transport loses so many tokens. */
const losing =
  (transport: string, block: number, lost: number) =>
  (trial: FaultedTrial): FaultedTrial =>
    trial.arm.transport === transport && trial.block === block
      ? {
          ...trial,
          recovery: { ...trial.recovery, client: { ...trial.recovery.client, lost } },
        }
      : trial;

/** In this block one client of the transport never came back. */
const losingOne =
  (transport: string, block: number) =>
  (trial: FaultedTrial): FaultedTrial =>
    trial.arm.transport === transport && trial.block === block
      ? {
          ...trial,
          recovery: {
            ...trial.recovery,
            neverBack: 1,
            client: { ...trial.recovery.client, lost: 9 },
          },
        }
      : trial;

/** In this block no client was interrupted. */
const sparing =
  (block: number) =>
  (trial: FaultedTrial): FaultedTrial => {
    if (trial.block !== block) return trial;
    const { faultToResumedNs: _resumed, ...distributions } = trial.distributions;
    return { ...trial, distributions };
  };

describe('an EventSource returns', () => {
  const both = { policies: ['identical', 'as-specified'] } as const;

  it('in each trial in which all that were interrupted received new tokens, by its own rules only', () => {
    expect(ask('event-source-returns', both)).toMatchObject([
      {
        condition: 'Reset, 100 connections, as specified',
        endpoint: 'resumed.max',
        arms: ['sse'],
        held: 3,
        of: 3,
      },
    ]);
    expect(ask('event-source-returns', { ...both, edit: losingOne('sse', 2) })).toMatchObject([
      { held: 2, of: 3 },
    ]);
    expect(ask('event-source-returns', { ...both, edit: losingOne('ws', 2) })).toMatchObject([
      { held: 3, of: 3 },
    ]);
  });

  it('is not asked of a trial in which none was interrupted', () => {
    expect(ask('event-source-returns', { ...both, edit: sparing(2) })).toMatchObject([
      { held: 2, of: 2 },
    ]);
  });

  it('is not asked of clients that follow the policy of the harness, nor after a POST', () => {
    expect(ask('event-source-returns', {})).toEqual([]);
    expect(ask('event-source-returns', { ...both, transports: ['sse-post', 'ws'] })).toEqual([]);
  });

  it('is not asked where no stream was interrupted', () => {
    const faults = ['idle-heartbeat'] as const;
    expect(ask('event-source-returns', { ...both, faults })).toEqual([]);
    expect(ask('event-stream-loses-nothing', { faults })).toEqual([]);
  });
});

describe('tokens', () => {
  it('are lost by an event stream in the trials in which any is', () => {
    expect(ask('event-stream-loses-nothing', {})).toMatchObject([{ held: 3, of: 3 }]);
    expect(ask('event-stream-loses-nothing', { edit: losing('sse', 1, 4) })).toMatchObject([
      { endpoint: 'lost', held: 2, of: 3 },
    ]);
    expect(ask('event-stream-loses-nothing', { edit: losing('ws', 1, 4) })).toMatchObject([
      { held: 3, of: 3 },
    ]);
  });

  it('are lost by WebSocket beyond the event stream of the same block', () => {
    expect(ask('websocket-loses-more', {})).toMatchObject([
      { arms: ['sse', 'ws'], held: 0, of: 3 },
    ]);
    expect(ask('websocket-loses-more', { edit: losing('ws', 1, 4) })).toMatchObject([
      { held: 1, of: 3 },
    ]);
    expect(ask('websocket-loses-more', { edit: losing('sse', 1, 4) })).toMatchObject([
      { held: 0, of: 3 },
    ]);
  });
});
