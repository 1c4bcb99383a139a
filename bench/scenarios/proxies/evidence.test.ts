import { describe, expect, it } from 'vitest';
import type { Arm } from '../../contract/arms/arms.ts';
import type { ProxyCellsRecord } from '../../contract/proxy-cells.ts';
import { analyse } from '../../analysis/analyse.ts';
import type { Answer } from '../../claims/claim-reading.ts';
import { proxiesEvidence } from './evidence.ts';
import { cellsRun, changed, corkedRecord, freeRecord, refusedRecord } from './fixture.ts';
import { proxiesReading } from './reading.ts';

type RecordOf = (arm: Arm, block: number) => ProxyCellsRecord;

function ask(question: string, recordOf?: RecordOf): readonly Answer[] {
  const options = recordOf === undefined ? {} : { recordOf };
  return proxiesEvidence[question]!(analyse(cellsRun({ blocks: 3, ...options }), proxiesReading));
}

/** `SSE over nginx 3/3` */
const shares = (answers: readonly Answer[]): readonly string[] =>
  answers
    .filter(({ counted }) => counted === undefined)
    .map(({ condition, held, of }) => `${condition} ${held}/${of}`);

/** `SSE over reverse proxies as documented, except haproxy 1/2` */
const together = (answers: readonly Answer[]): readonly string[] =>
  answers
    .filter(({ counted }) => counted === 'proxies')
    .map(({ condition, held, of }) => `${condition} ${held}/${of}`);

const lateInOneBlock: RecordOf = ({ path, transport }, block) =>
  path === 'nginx' && transport === 'sse' && block === 1 ? corkedRecord : freeRecord;

const lateAsLoopback: RecordOf = ({ transport, path }, block) =>
  (path === 'nginx' || path === 'direct') && transport === 'sse' && block === 1
    ? corkedRecord
    : freeRecord;

const refusing: RecordOf = ({ path }) => (path === 'nginx' ? refusedRecord : freeRecord);

describe('streams pass a proxy', () => {
  it('in each trial in which all were accepted and none was visibly late, form by form', () => {
    expect(shares(ask('event-stream-passes-plain'))).toEqual([
      'SSE over haproxy 0/3',
      'SSE over nginx 3/3',
    ]);
    expect(shares(ask('event-stream-passes-fixed'))).toEqual([
      'SSE over haproxy-fixed 3/3',
      'SSE over nginx-fixed 3/3',
    ]);
  });

  it('trial by trial, each held against loopback in its own block', () => {
    expect(shares(ask('event-stream-passes-plain', lateInOneBlock))).toEqual([
      'SSE over haproxy 3/3',
      'SSE over nginx 2/3',
    ]);
    // Where loopback is as late in that block, the proxy adds nothing.
    expect(shares(ask('event-stream-passes-plain', lateAsLoopback))).toContain(
      'SSE over nginx 3/3',
    );
  });

  it('or does not, which is what is said of WebSocket', () => {
    expect(shares(ask('websocket-fails-plain'))).toEqual([
      'WebSocket over haproxy 0/3',
      'WebSocket over nginx 3/3',
    ]);
    expect(shares(ask('websocket-fails-fixed'))).toEqual([
      'WebSocket over haproxy-fixed 0/3',
      'WebSocket over nginx-fixed 0/3',
    ]);
  });
});

describe('all proxies together', () => {
  it('are counted each once, where it was so in every trial', () => {
    expect(together(ask('event-stream-passes-plain'))).toEqual([
      'SSE over reverse proxies as documented, except haproxy 1/2',
    ]);
    expect(together(ask('event-stream-passes-plain', lateInOneBlock))).toEqual([
      'SSE over reverse proxies as documented, except nginx 1/2',
    ]);
    expect(together(ask('event-stream-passes-fixed'))).toEqual([
      'SSE over reverse proxies as fixed 2/2',
    ]);
  });

  it('are one sample for each form of their configuration', () => {
    expect(together(ask('event-stream-stop-reaches'))).toEqual([
      'SSE over reverse proxies as documented, except haproxy 1/2',
      'SSE over reverse proxies as fixed 2/2',
    ]);
  });

  it('are counted for the contrary as such', () => {
    expect(together(ask('websocket-fails-plain'))).toEqual([
      'WebSocket over reverse proxies as documented, except haproxy 1/2',
    ]);
  });
});

it('a stop of a quiet stream reaches the server in the trials in which it noticed', () => {
  expect(shares(ask('event-stream-stop-reaches'))).toEqual([
    'SSE over haproxy 0/3',
    'SSE over haproxy-fixed 3/3',
    'SSE over nginx 3/3',
    'SSE over nginx-fixed 3/3',
  ]);
});

it('an EventSource does not survive a restart where every request meanwhile was answered with a status', () => {
  const answered = changed(freeRecord, {
    restart: { ended: 'failed', cause: 'http-502', message: 'the server answered 502' },
  });
  const streams = answered.streams.map((one) => {
    if (one.kind !== 'restart') return one;
    const { acceptedNs: _accepted, ...rest } = one;
    return rest;
  });
  const restarting: RecordOf = ({ path }) =>
    path === 'nginx' ? { ...answered, streams } : freeRecord;
  expect(shares(ask('event-source-survives-restart', restarting))).toEqual([
    'SSE over haproxy 3/3',
    'SSE over haproxy-fixed 3/3',
    'SSE over nginx 0/3',
    'SSE over nginx-fixed 3/3',
  ]);
  // Answered in some trials only: nothing is said.
  const sometimes: RecordOf = ({ path }, block) =>
    path === 'nginx' && block === 1 ? { ...answered, streams } : freeRecord;
  expect(shares(ask('event-source-survives-restart', sometimes))).not.toContainEqual(
    expect.stringContaining('nginx 0'),
  );
});

it('nothing is asked of refused streams beyond that they were refused', () => {
  expect(shares(ask('event-stream-passes-plain', refusing))).toContain('SSE over nginx 0/3');
});
