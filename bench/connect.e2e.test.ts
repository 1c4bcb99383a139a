// Scenario `connect` with real processes and sockets: streams that begin all at once, on new
// connections and on kept ones.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';
import type { TransportId } from './contract/arms/transports.ts';
import type { CompletedTrial } from './contract/run-file.ts';
import type { LoadPoint } from './contract/load-point.ts';

const place = new CliFolder();

afterAll(() => place[Symbol.dispose]());

const transports = ['sse', 'ws', 'tcp'] as const;
const secure = ['sse', 'ws'] as const;
const STREAMS = 50;

describe('a storm, new and kept connections, at the smallest size', () => {
  let trials: CompletedTrial[] = [];
  let report = '';
  const trialOf = (transport: TransportId, connecting: LoadPoint['connecting']): CompletedTrial =>
    trials.find(
      ({ arm, loadPoint }) => arm.transport === transport && loadPoint.connecting === connecting,
    )!;

  beforeAll(async () => {
    await place.run(
      'run',
      'connect',
      '--preset',
      'smoke',
      '--transports',
      transports.join(),
      '--name',
      'connect',
      '--seed',
      '1',
    );
    trials = place.readTrials('connect').filter((trial) => trial.outcome === 'completed');
    report = place.readReport('connect');
  }, 180_000);

  it('every arm was measured in each way, correct in everything', () => {
    expect(trials).toHaveLength(9);
    const misses = trials.flatMap(({ gates }) =>
      gates.filter(({ kind, ok }) => kind === 'correctness' && !ok),
    );
    expect(misses).toEqual([]);
    // The byte gate has a value, so it was judged and not skipped.
    for (const { gates } of trials) expect(gates.find(({ id }) => id === 'C2')!.value).toBe(0);
  });

  it.each(transports)('%s: all streams of a storm are accepted', (transport) => {
    const { storm, kernel, client, distributions, server } = trialOf(transport, 'storm');
    expect(storm).toMatchObject({ streams: STREAMS, accepted: STREAMS });
    expect(client).toMatchObject({ streamsVerified: STREAMS, errors: [] });
    expect(distributions.openNs!.count).toBe(STREAMS);
    expect(kernel).toHaveProperty('listenOverflows');
    expect(server.streamsOpened).toBe(STREAMS);
  });

  it.each(transports)(
    '%s: kept connections carry many streams each, and connect nothing',
    (transport) => {
      const [cold, warm] = [trialOf(transport, 'cold'), trialOf(transport, 'warm')];
      const { opened, reused } = warm.client.kept!;
      expect(opened + reused).toBe(warm.client.streamsStarted);
      expect(opened).toBeGreaterThanOrEqual(STREAMS);
      expect(reused).toBeGreaterThan(STREAMS);
      expect(cold.client.kept).toBeUndefined();
      expect(warm.distributions).not.toHaveProperty('connectNs');
      expect(cold.distributions).toHaveProperty('connectNs');
      // Both have the same streams, however they got their connections.
      expect(warm.planned).toEqual(cold.planned);
      expect(warm.client.payloadBytes).toBe(cold.client.payloadBytes);
    },
  );

  it('a stream on a kept WebSocket costs no head and no close, one over kept HTTP a head as ever', () => {
    const bytesOf = (transport: TransportId, connecting: LoadPoint['connecting']): number => {
      const { server, client } = trialOf(transport, connecting);
      const { modelBytes = 0, modelTokenBytes = 0, streamsVerified } = client;
      return (server.headBytes + modelBytes - modelTokenBytes) / streamsVerified;
    };
    expect(trialOf('ws', 'warm').server.headBytes).toBe(0);
    // The difference is the 101 with its fields, and the close frame of 4 bytes.
    const { server, client } = trialOf('ws', 'cold');
    expect(bytesOf('ws', 'cold') - bytesOf('ws', 'warm')).toBeCloseTo(
      server.headBytes / client.streamsVerified + 4,
      6,
    );
    expect(bytesOf('sse', 'cold')).toBe(bytesOf('sse', 'warm'));
  });

  it('the report says how the storm went and sets new connections beside kept ones', () => {
    expect(report).toContain(`while ${STREAMS} wait`);
    expect(report).toContain('## A new connection for each stream, or a kept one');
    expect(report).not.toMatch(/undefined|NaN/);
  });
});

describe('over TLS, at the smallest size', () => {
  let trials: CompletedTrial[] = [];
  let report = '';

  beforeAll(async () => {
    await place.run(
      'run',
      'connect',
      '--preset',
      'smoke',
      '--transports',
      secure.join(),
      '--tls',
      // A handshake costs both ends: with more, a busy machine does not finish in time.
      '--connections',
      '8',
      '--name',
      'secure',
      '--seed',
      '1',
    );
    trials = place.readTrials('secure').filter((trial) => trial.outcome === 'completed');
    report = place.readReport('secure');
  }, 180_000);

  it.each(secure)(
    '%s: every connection of one load point resumed its session, and the others made whole handshakes',
    (transport) => {
      const own = trials.filter(({ arm }) => arm.transport === transport);
      expect(own.flatMap(({ client }) => client.errors)).toEqual([]);
      expect(
        new Map(own.map(({ loadPoint, client }) => [loadPoint.connecting, client.tlsSessions])),
      ).toEqual(
        new Map([
          ['storm', undefined],
          ['cold', undefined],
          ['resumed', { resumed: expect.any(Number) as number, whole: 0 }],
          ['warm', undefined],
        ]),
      );
    },
  );

  it('the report sets them beside each other', () => {
    expect(report).toContain('## A whole TLS handshake, or a resumed session');
    expect(report).not.toMatch(/undefined|NaN/);
  });
});
