// Faults and recovery with real processes, sockets, signals and networks. Every fault is injected,
// so the truth is known: no token may be lost within reach of the buffer, and without one exactly
// those that were due meanwhile.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliFolder, type Ended } from './cli-fixture.ts';
import { faultNames, faults, needsPrivileges, type FaultName } from './contract/faults.ts';
import type { FaultedTrial, TrialRecord } from './contract/run-file.ts';
import { NS_PER_MS } from './contract/units.ts';
import { isUntested } from './missing-fixture.ts';
import { whyAbsent } from './path/network-namespaces.ts';

const place = new CliFolder();
const { run: streamduel } = place;

afterAll(() => place[Symbol.dispose]());

const CLIENTS = 100;
/** Heartbeats are 1 s apart; a connection is dead after 2.5 of them. */
const DEAD_NS = 2500 * NS_PER_MS;
/**
 * Tokens come about every 100 ms, so the last byte before the fault may be older than that by
 * chance.
 */
const LAST_BYTE_NS = 600 * NS_PER_MS;
/**
 * Tolerance for the interval of the watch (20 ms), and for a machine that runs several trials in
 * parallel.
 */
const SLACK_NS = 1000 * NS_PER_MS;

function faulted(trials: readonly TrialRecord[]): FaultedTrial[] {
  return trials.map((trial) => {
    if (trial.outcome !== 'faulted')
      throw new Error(
        `trial ${trial.trial} is ${trial.outcome}: ${JSON.stringify(trial).slice(0, 2000)}`,
      );
    return trial;
  });
}

const noNetwork = isUntested('faults of a network', whyAbsent('packet-loss'));

const sum = (bins: readonly number[]): number => bins.reduce((total, bin) => total + bin, 0);

describe('every fault that this machine can have, over both transports', () => {
  let ended: Ended;
  let trials: FaultedTrial[] = [];
  const of = (fault: FaultName): FaultedTrial[] =>
    trials.filter(({ recovery }) => recovery.fault === fault);
  // On a busy machine a fault is measured again alone, with all arms.
  const armsOf = (fault: FaultName): string[] =>
    [...new Set(of(fault).map(({ arm }) => arm.transport))].sort();

  // Each of the hundred clients is cut at a different point of its stream, which depends on the
  // seed.
  beforeAll(async () => {
    ended = await streamduel(
      'run',
      'reconnect',
      '--preset',
      'smoke',
      '--connections',
      String(CLIENTS),
      '--seed',
      '20261122',
      '--name',
      'all',
    );
    trials = faulted(place.readTrials('all'));
  }, 600_000);

  it('all trials ended, and each says what the fault hit', () => {
    expect(ended.stderr).not.toContain('FAILED');
    const measured = new Set(trials.map(({ recovery }) => recovery.fault));
    expect(faultNames.filter((fault) => !needsPrivileges(fault) && !measured.has(fault))).toEqual(
      [],
    );
    for (const { recovery } of trials) expect(recovery.hit ?? CLIENTS).toBe(CLIENTS);
  });

  it.skipIf(noNetwork).each(faultNames.filter(needsPrivileges))(
    '%s, which needs privileges, is run',
    (fault) => {
      expect(armsOf(fault)).toEqual(['sse', 'ws']);
    },
  );

  it('faults that cannot be had are named with what would mend it', () => {
    const report = place.readReport('all');
    for (const fault of faultNames.filter((name) => armsOf(name).length === 0))
      expect(report).toContain(fault);
  });

  it('nothing is lost, repeated or damaged where the server still has it', () => {
    for (const { arm, recovery } of trials) {
      const { client, fault } = recovery;
      const what = `${fault} ${arm.transport}`;
      expect
        .soft([what, client.corrupt, client.reordered, client.hashMismatches, client.duplicated])
        .toEqual([what, 0, 0, 0, 0]);
      expect.soft([what, client.lossesBeforeFault]).toEqual([what, {}]);
      if (fault === 'lost-state') continue;
      expect
        .soft([what, client.lost, client.streamsWhole, client.streamsUnfinished])
        .toEqual([what, 0, CLIENTS, 0]);
      expect.soft([what, client.tokensDistinct]).toEqual([what, client.tokensPlanned]);
    }
  });

  it('a server that lost its state ends the streams, and all that was still to come is declared lost', () => {
    for (const { recovery } of of('lost-state')) {
      const { client } = recovery;
      expect(client.streamsStopped).toBe(CLIENTS);
      expect(client.lost).toBe(client.lostDeclared);
      expect(client.lost).toBe(client.tokensPlanned - client.tokensDistinct);
      expect(recovery.neverBack).toBe(CLIENTS);
    }
  });

  it.each<FaultName>([
    'graceful-close',
    'reset',
    'kill',
    'drain',
    'unavailable',
    'hold-first-byte',
  ])('%s is told to every client', (fault) => {
    for (const { recovery } of of(fault)) {
      expect(recovery.noticed).toBe(CLIENTS);
      expect(recovery.client.losses['silent']).toBeUndefined();
      expect(recovery.resumed).toBe(CLIENTS);
    }
  });

  it.each<FaultName>(['freeze', 'blackhole', 'long-blackhole', 'one-way'])(
    '%s is noticed by the heartbeat rule alone, when it says',
    (fault) => {
      expect(armsOf(fault)).toEqual(['sse', 'ws']);
      for (const { recovery, distributions } of of(fault)) {
        expect(recovery.client.losses).toEqual({ silent: CLIENTS });
        const detected = distributions.faultToDetectNs?.values ?? [];
        expect(detected[0]).toBeGreaterThan(DEAD_NS - LAST_BYTE_NS);
        expect(detected.at(-1)).toBeLessThan(DEAD_NS + SLACK_NS);
        // No client can resume before the cause is over.
        expect(distributions.faultToResumedNs?.values[0]).toBeGreaterThanOrEqual(
          recovery.healNs! - recovery.faultNs,
        );
      }
    },
  );

  it('a proxy cuts idle streams without heartbeats, each once, and none with them', () => {
    for (const { recovery } of of('idle-cut')) {
      expect(recovery.relay?.idleCuts).toBe(CLIENTS);
      expect(recovery.noticed).toBe(CLIENTS);
    }
    for (const { recovery } of of('idle-heartbeat')) {
      expect(recovery.relay?.idleCuts).toBe(0);
      expect(recovery.client).toMatchObject({ losses: {}, attempts: 0 });
    }
  });

  it('503 is what clients were told while there was one', () => {
    for (const { recovery } of of('unavailable')) {
      expect(recovery.client.attemptFailures['http-503']).toBe(recovery.relay?.answered);
      expect(recovery.relay?.answered).toBeGreaterThan(CLIENTS);
    }
  });

  it('of dead peers, a server learns from WebSocket pongs and not over SSE', () => {
    const held = of('blackhole').map(
      ({ arm, recovery }) => [arm.transport, recovery.peers.dead?.connections] as const,
    );
    expect(Object.fromEntries(held)).toEqual({ sse: CLIENTS, ws: 0 });
  });

  it('the report has a row and a sentence for each fault, and the command to repeat it', () => {
    const report = place.readReport('all');
    for (const fault of new Set(trials.map(({ recovery }) => recovery.fault)))
      expect(report).toContain(`**${faults[fault].id} ${faults[fault].title}.** `);
    expect(report).toContain('run reconnect --preset smoke');
    expect(
      existsSync(
        join(place.runFolder('all'), 'charts', `reconnect-clock-${CLIENTS}-identical.svg`),
      ),
    ).toBe(true);
    expect(ended.stdout).toContain('F3 Kill and restart');
  });
});

it.concurrent('without resume exactly what came due in between is lost, and nothing is declared', async () => {
  const words = [
    '--faults',
    'graceful-close,kill',
    '--no-resume',
    '--connections',
    '40',
    '--seed',
    '3',
    '--name',
    'forgetful',
  ];
  await streamduel('run', 'reconnect', '--preset', 'smoke', ...words);
  const trials = faulted(place.readTrials('forgetful'));
  for (const { recovery } of trials) {
    const { client } = recovery;
    expect(client).toMatchObject({
      lostDeclared: 0,
      duplicated: 0,
      corrupt: 0,
      reordered: 0,
      streamsUnfinished: 0,
    });
    expect(client.lost).toBe(client.tokensPlanned - client.tokensDistinct);
    expect(client.lost).toBeGreaterThan(0);
  }
  // A connection that is closed in good order loses nothing that was sent: only tokens due without
  // a receiver are missing.
  const closed = trials.filter(({ recovery }) => recovery.fault === 'graceful-close');
  expect(closed.map(({ recovery }) => recovery.client.lost)).toEqual(
    closed.map(({ server }) => server?.recovery?.unheardTokens),
  );
});

it.concurrent('as specified, an EventSource that is told 503 never comes back, and a WebSocket does', async () => {
  const words = [
    '--faults',
    'unavailable',
    '--policy',
    'as-specified',
    '--connections',
    '30',
    '--name',
    'specified',
  ];
  const { stdout } = await streamduel('run', 'reconnect', '--preset', 'smoke', ...words);
  const byTransport = new Map(
    faulted(place.readTrials('specified')).map((trial) => [trial.arm.transport, trial]),
  );
  expect(byTransport.get('sse')?.recovery.client).toMatchObject({
    streamsGivenUp: 30,
    streamsWhole: 0,
  });
  expect(byTransport.get('ws')?.recovery.client).toMatchObject({
    streamsGivenUp: 0,
    streamsWhole: 30,
    lost: 0,
  });
  expect(stdout).toMatch(/never/);
});

it.concurrent('the EventSources of Node come back by themselves, with the id they were given', async () => {
  const words = [
    '--transports',
    'sse/eventsource,sse/undici-eventsource,ws/library',
    '--faults',
    'reset,kill',
    '--connections',
    '20',
  ];
  await streamduel('run', 'reconnect', '--preset', 'smoke', ...words, '--name', 'sources');
  const trials = faulted(place.readTrials('sources'));
  // On a busy machine a fault is measured again alone, with all arms.
  expect(
    new Set(trials.map(({ arm, loadPoint }) => `${arm.transport}/${arm.client} ${loadPoint.fault}`))
      .size,
  ).toBe(6);
  for (const { recovery } of trials)
    expect(recovery.client).toMatchObject({ streamsWhole: 20, lost: 0, corrupt: 0 });
});

it.concurrent('a herd comes back whole under both policies, and the curve counts every client once', async () => {
  const { stdout } = await streamduel(
    'run',
    'herd',
    '--preset',
    'smoke',
    '--connections',
    '150',
    '--name',
    'herd',
  );
  const trials = faulted(place.readTrials('herd'));
  expect(trials.map(({ arm, loadPoint }) => `${arm.transport} ${loadPoint.policy}`).sort()).toEqual(
    ['sse as-specified', 'sse identical', 'ws as-specified', 'ws identical'],
  );
  for (const { recovery } of trials) {
    const { client, curve } = recovery;
    expect(client).toMatchObject({
      streamsWhole: 150,
      lost: 0,
      duplicated: 0,
      streamsUnfinished: 0,
    });
    expect(recovery.hit).toBe(150);
    expect(sum(curve.resumed)).toBe(150);
    expect(sum(curve.accepted)).toBe(client.accepted);
    expect(sum(curve.attempts)).toBe(client.attempts);
    const failures = sum(Object.values(client.attemptFailures));
    expect(client.attempts).toBe(client.accepted + failures);
  }
  expect(stdout).toContain('policy as-specified');
  expect(existsSync(join(place.runFolder('herd'), 'charts'))).toBe(true);
});
