import { describe, expect, test } from 'vitest';
import { faultNames, type FaultName } from '../../contract/faults.ts';
import type { FaultedTrial } from '../../contract/run-file.ts';
import { analyse } from '../../analysis/analyse.ts';
import { recoveryRun, type RecoveryRunOptions } from './recovery-fixture.ts';
import { recoveryReading } from './reading.ts';

/**
 * The sentence on made-up trials without noise: ws takes 0.8 times as long as sse where times can
 * differ.
 */
function sentenceOf(fault: FaultName, options: RecoveryRunOptions = {}): string | undefined {
  const run = recoveryRun({
    noise: 0,
    blocks: 2,
    faults: [fault],
    factor: (_name, { transport }) => (transport === 'ws' ? 0.8 : 1),
    ...options,
  });
  return analyse(run, recoveryReading).recovery.faults[0]?.sentence;
}

const equal: RecoveryRunOptions = { factor: () => 1 };

const specified: RecoveryRunOptions = { policies: ['as-specified'] };

const unaware = (trial: FaultedTrial): FaultedTrial => {
  const { faultToDetectNs: _faultToDetectNs, ...distributions } = trial.distributions;
  return trial.arm.transport === 'ws' ? { ...trial, distributions } : trial;
};

const twice = (trial: FaultedTrial): FaultedTrial =>
  trial.arm.transport === 'sse'
    ? {
        ...trial,
        recovery: { ...trial.recovery, client: { ...trial.recovery.client, duplicated: 7 } },
      }
    : trial;

describe('a loss that clients are told of', () => {
  test('says when they noticed, when they were back and what was replayed', () => {
    expect(sentenceOf('reset')).toBe(
      'After a reset of every connection: the median client noticed after 0.4 ms with SSE and 0.32 ms with WebSocket; ' +
        'the median stream was back after 252 ms with SSE and 202 ms with WebSocket; no token was lost, 502 tokens were replayed with both (in 2 trials).',
    );
  });

  test('is said once of both where the numbers are the same', () => {
    expect(sentenceOf('graceful-close', equal)).toBe(
      'After the server ended every connection in good order: the median client noticed after 0.4 ms with both; ' +
        'the median stream was back after 252 ms with both; no token was lost, 502 tokens were replayed with both (in 2 trials).',
    );
  });

  test('counts the time to the stream from the end of the outage where all had to wait for it', () => {
    expect(sentenceOf('kill', equal)).toContain(
      'After the server was killed and away for 1 s: the median client noticed after 0.4 ms with both; ' +
        'once the cause was over the median stream was back after 302 ms with both; ',
    );
  });

  test('without a buffer says that what was missed is lost, and why', () => {
    expect(sentenceOf('drain', { ...equal, isResumable: false })).toContain(
      '502 tokens were lost with both, because nothing is kept for clients that come back (in 2 trials).',
    );
  });
});

describe('a loss that nobody tells clients of', () => {
  test('names the heartbeats that it took', () => {
    expect(sentenceOf('blackhole', equal)).toBe(
      'After a silent loss for 6 s: nobody was told, and only 2.5 heartbeats of 1 s without a byte said so: ' +
        'the median client noticed after 2.5 s with both; once the cause was over the median stream was back after 401 ms with both; ' +
        'no token was lost, 7760 tokens were replayed with both (in 2 trials).',
    );
  });

  test('is not noticed by clients that do not watch', () => {
    expect(sentenceOf('freeze', { ...equal, ...specified })).toBe(
      'After the server stood still for 6 s, with clients that do what the specifications say: no client noticed a loss; ' +
        'once the cause was over the median stream was back after 1 ms with both; no token was lost.',
    );
  });

  test('that is none is said to be none', () => {
    expect(sentenceOf('idle-heartbeat')).toBe(
      'With heartbeats in a planned silence of 4.5 s, and a proxy that closes what is idle: ' +
        'no client noticed a loss; no stream was interrupted; no token was lost.',
    );
  });
});

describe('clients that differ', () => {
  test('some that did not read are counted, with what the others felt', () => {
    expect(sentenceOf('slow-reader', equal)).toBe(
      'After some clients did not read for 5 s: no client noticed a loss; 40 of 200 streams were interrupted with both, ' +
        'once the cause was over the median one of them was back after 2 ms with both; ' +
        'meanwhile a token to the others took 0.8 ms with both (median; before the fault 0.6 ms with both); no token was lost.',
    );
  });

  test('those of one transport that may not try again are told from those that came back', () => {
    expect(sentenceOf('unavailable', { ...equal, ...specified })).toBe(
      'After a reset, with a proxy that answered 503 for 4 s, with clients that do what the specifications say: ' +
        'the median client noticed after 0.4 ms with both; once the cause was over the median stream was back after 302 ms with WebSocket, ' +
        '200 of 200 streams with SSE never came back (their clients may not try again); ' +
        '16\u202F000 tokens were lost with SSE and none with WebSocket, 8602 tokens were replayed with WebSocket and none with SSE (in 2 trials).',
    );
  });

  test('one transport that notices and one that does not are told apart', () => {
    expect(sentenceOf('reset', { ...equal, edit: unaware })).toContain(
      'the median client noticed after 0.4 ms with SSE, and none noticed with WebSocket; ',
    );
  });
});

test('streams whose server forgot them are lost', () => {
  expect(sentenceOf('lost-state', equal)).toBe(
    'After the server was killed and away for 1 s, and knew no stream when it was back: the median client noticed after 0.4 ms with both; ' +
      '200 of 200 streams with both never came back (the server had nothing for them to come back to); 10\u202F000 tokens were lost with both (in 2 trials).',
  );
});

test('tokens that came twice are counted', () => {
  expect(sentenceOf('packet-loss', { edit: twice })).toContain(
    'no token was lost, 14 tokens were received twice with SSE and none with WebSocket (in 2 trials).',
  );
});

test('the null arm and the copy of the baseline are not spoken of', () => {
  expect(sentenceOf('reset', { ...equal, transports: ['sse', 'ws', 'tcp'], copy: true })).toBe(
    sentenceOf('reset', equal),
  );
});

test('a fault whose trials all failed says nothing else', () => {
  expect(sentenceOf('reset', { edit: () => undefined })).toBe(
    'No trial of this fault was measured.',
  );
});

test('every fault has its sentence under both policies, resumable or not', () => {
  for (const isResumable of [true, false]) {
    const run = recoveryRun({
      faults: faultNames,
      policies: ['identical', 'as-specified'],
      blocks: 1,
      isResumable,
    });
    const sentences = analyse(run, recoveryReading).recovery.faults.map(({ sentence }) => sentence);
    expect(
      sentences.filter((sentence) => !/^(?:After|With) .*: .*; .*; .*\.$/.test(sentence)),
    ).toEqual([]);
    expect(sentences.join(' ')).not.toMatch(/undefined|NaN|unknown|  /);
  }
});
