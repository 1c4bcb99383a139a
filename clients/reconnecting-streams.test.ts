import { describe, expect, it } from 'vitest';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import { backoffDraw, policies, type PolicyName } from '../bench/contract/reconnect-policy.ts';
import { NS_PER_MS, NS_PER_S } from '../bench/contract/units.ts';
import { Scene, type SceneOptions } from './reconnect-fixture.ts';

const RETRY_NS = 3000 * NS_PER_MS;

/** One stream that has three tokens after a second; the fault is at 1 s. */
function startedScene(options: SceneOptions = {}): Scene {
  const scene = new Scene({ faultNs: NS_PER_S, ...options });
  scene.streams.begin(0);
  scene.accept(0);
  scene.at(1);
  scene.tokens(0, 1, 2, 3);
  return scene;
}

/** Start times of attempts, ns since the stream's first. */
function attemptsOf(scene: Scene): number[] {
  return scene.opened.map(({ atNs }) => atNs);
}

/** Fails all attempts at once, until `seconds`. */
function refuseUntil(scene: Scene, seconds: number): void {
  let seen = scene.opened.length;
  for (let ms = 1000; ms <= seconds * 1000; ms++) {
    scene.at(ms / 1000);
    if (scene.opened.length > seen) {
      seen = scene.opened.length;
      scene.fail(0, 'ECONNREFUSED');
    }
  }
}

function momentsOfAttempts(transport: TransportId, seed: number): number[] {
  const scene = startedScene({ transport, seed });
  scene.fail(0, 'ECONNRESET');
  refuseUntil(scene, 20);
  return attemptsOf(scene);
}

describe('waiting', () => {
  it.each([
    ['identical', 'sse'],
    ['identical', 'ws'],
    ['as-specified', 'sse'],
    ['as-specified', 'ws'],
  ] as [PolicyName, TransportId][])(
    'policy %s over %s: each wait is the one that the policy says',
    (policy, transport) => {
      const scene = startedScene({ policy, transport, seed: 42 });
      scene.fail(0, 'ECONNRESET');
      refuseUntil(scene, 40);
      const draw = backoffDraw(42, 0);
      const attempts = attemptsOf(scene).slice(1);
      expect(attempts.length).toBeGreaterThan(3);
      let fromNs = NS_PER_S;
      for (const [attempt, atNs] of attempts.entries()) {
        const dueNs =
          fromNs + policies[policy].delayNs(transport, { attempt, draw, retryNs: RETRY_NS });
        expect(atNs).toBeGreaterThanOrEqual(dueNs);
        // A timer counts whole ms.
        expect(atNs - dueNs).toBeLessThan(2 * NS_PER_MS);
        // The failure is reported at the next whole ms.
        fromNs = Math.ceil(atNs / NS_PER_MS) * NS_PER_MS;
      }
    },
  );

  it('with one seed both transports try again at the same moments under the identical policy', () => {
    expect(momentsOfAttempts('sse', 3)).toEqual(momentsOfAttempts('ws', 3));
    expect(momentsOfAttempts('sse', 4)).not.toEqual(momentsOfAttempts('sse', 3));
  });

  it('the back-off begins anew after a connection that delivered something, and not after one that did not', () => {
    const scene = startedScene({ policy: 'as-specified', transport: 'ws', seed: 9 });
    const draw = backoffDraw(9, 0);
    const wait = (attempt: number): number =>
      policies['as-specified'].delayNs('ws', { attempt, draw, retryNs: 0 });
    const expectNext = (fromSeconds: number, attempt: number): void => {
      const opened = scene.opened.length;
      const dueNs = fromSeconds * NS_PER_S + wait(attempt);
      scene.at(fromSeconds + 99);
      expect(scene.opened.length).toBe(opened + 1);
      expect(Math.floor((scene.opened.at(-1)!.atNs - dueNs) / (2 * NS_PER_MS))).toBe(0);
    };
    scene.fail(0, 'ECONNRESET');
    expectNext(1, 0);
    scene.fail(0, 'ECONNREFUSED');
    expectNext(100, 1);
    // Accepted, but cut before any event.
    scene.acceptOnly(0);
    scene.fail(0, 'closed-early');
    expectNext(199, 2);
    scene.accept(0);
    scene.fail(0, 'closed-early');
    expectNext(298, 0);
    scene.acceptOnly(0);
    scene.tokens(0, 4);
    scene.fail(0, 'closed-early');
    expectNext(397, 0);
  });

  it('five thousand streams start their attempts in order of time, with one timer', () => {
    const streams = 5000;
    const scene = new Scene({ streams, faultNs: NS_PER_S });
    for (let stream = 0; stream < streams; stream++) {
      scene.streams.begin(stream);
      scene.accept(stream);
    }
    scene.at(1);
    for (let stream = 0; stream < streams; stream++) scene.fail(stream, 'ECONNRESET');
    scene.at(3);
    const again = scene.openedAfter(NS_PER_S - 1);
    expect(new Set(again.map(({ stream }) => stream)).size).toBe(streams);
    const dueNs = again.map(({ stream }) => NS_PER_S + backoffDraw(7, stream)() * 500 * NS_PER_MS);
    expect(dueNs).toEqual([...dueNs].sort((a, b) => a - b));
    for (const [index, due] of dueNs.entries()) {
      expect(again[index]!.atNs).toBeGreaterThanOrEqual(due);
      expect(again[index]!.atNs - due).toBeLessThan(2 * NS_PER_MS);
    }
    expect(scene.time.mostTimers).toBe(1);
  });
});

describe('going on', () => {
  it('a stream that has received nothing comes back without a cursor, else with that of the last token in order', () => {
    const scene = new Scene();
    scene.streams.begin(0);
    scene.fail(0, 'ECONNREFUSED');
    scene.at(1);
    scene.accept(0);
    scene.tokens(0, 1, 2, 3, 5);
    scene.fail(0, 'ECONNRESET');
    scene.at(20);
    scene.accept(0);
    scene.control(0, 'gap', { missing: 4, from: 5 });
    scene.tokens(0, 5, 6);
    scene.fail(0, 'ECONNRESET');
    scene.at(40);
    expect(scene.opened.map(({ resumeAfter }) => resumeAfter)).toEqual([
      undefined,
      undefined,
      'k3f9.3',
      'k3f9.6',
    ]);
  });

  it('a stream that had its `done` is not opened again, however its connection ends', () => {
    const scene = startedScene();
    scene.control(0, 'done', { s: 11, n: 10, sha256: scene.plannedSha256(0), finish: 'stop' });
    scene.fail(0, 'ECONNRESET');
    scene.at(60);
    expect([scene.opened.length, scene.streams.isOver]).toEqual([1, true]);
    const { losses, streamsWhole, streamsUnfinished, attempts } = scene.accounts.tally();
    // Three of its ten tokens had come.
    expect({ losses, streamsWhole, streamsUnfinished, attempts }).toEqual({
      losses: {},
      streamsWhole: 0,
      streamsUnfinished: 0,
      attempts: 0,
    });
  });

  it('at the end of the time what is open is closed, what waits is not opened, and both are unfinished', async () => {
    const scene = new Scene({ streams: 2 });
    scene.streams.begin(0);
    scene.streams.begin(1);
    scene.accept(0);
    scene.fail(1, 'ECONNREFUSED');
    await scene.streams.stop();
    scene.at(60);
    expect([scene.opened.length, scene.abandoned]).toEqual([2, [0]]);
    expect(scene.accounts.tally()).toMatchObject({
      streamsUnfinished: 2,
      patterns: [{ clients: 1 }, { clients: 1 }],
    });
  });
});

describe('noticing', () => {
  it('of an error and a close only the first is a loss', () => {
    const scene = startedScene();
    scene.fail(0, 'ECONNRESET');
    scene.at(10);
    expect(scene.opened.length).toBe(2);
    expect(scene.accounts.tally().losses).toEqual({ ECONNRESET: 1 });
  });

  it('a goodbye is the loss, and the end of its connection none', () => {
    const scene = startedScene({ seed: 5 });
    scene.control(0, 'bye');
    scene.fail(0, 'closed-1012');
    scene.at(10);
    expect(scene.opened.length).toBe(2);
    expect(scene.abandoned).toEqual([]);
    expect(scene.accounts.tally()).toMatchObject({ losses: { bye: 1 }, attempts: 1 });
    expect(scene.recorder.lostNs[0]).toBe(NS_PER_S);
  });

  it('a connection that still stands a second after its goodbye is closed', () => {
    const scene = startedScene({ policy: 'as-specified' });
    scene.control(0, 'bye');
    scene.at(1.9);
    expect(scene.abandoned).toEqual([]);
    scene.at(2.1);
    expect(scene.abandoned).toEqual([0]);
    scene.at(60);
    expect(scene.opened.length).toBe(2);
  });

  it('a connection that still stands when the wait after its goodbye is over is closed before the attempt', () => {
    const scene = startedScene();
    scene.control(0, 'bye');
    scene.at(1.6);
    expect([scene.opened.length, scene.abandoned]).toEqual([2, [0]]);
    scene.at(10);
    expect(scene.abandoned).toEqual([0]);
  });

  it('silence is a loss of a connection and the failure of an attempt, each abandoned once', () => {
    const scene = startedScene({ heartbeatNs: NS_PER_S });
    scene.at(3.49);
    expect(scene.abandoned).toEqual([]);
    scene.at(3.55);
    expect(scene.abandoned).toEqual([0]);
    // The wait is up to 0.5 s, the silence of the attempt 2.5 s.
    scene.at(6.6);
    expect(scene.accounts.tally()).toMatchObject({
      losses: { silent: 1 },
      attemptFailures: { silent: 1 },
    });
    expect(scene.abandoned).toEqual([0, 0]);
  });

  it('without heartbeats, and where the policy does not watch, silence is no loss', () => {
    for (const options of [{}, { heartbeatNs: NS_PER_S, policy: 'as-specified' as const }]) {
      const scene = startedScene(options);
      scene.at(600);
      expect([scene.opened.length, scene.abandoned]).toEqual([1, []]);
    }
  });

  it('a client that stops reading is not called silent, and is watched again when it reads', () => {
    const scene = startedScene({ heartbeatNs: NS_PER_S });
    scene.streams.stopReading(0);
    expect([...scene.paused]).toEqual([0]);
    scene.at(20);
    scene.streams.readAgain(0);
    expect([[...scene.paused], scene.abandoned]).toEqual([[], []]);
    scene.at(22.4);
    expect(scene.abandoned).toEqual([]);
    scene.at(22.6);
    expect(scene.abandoned).toEqual([0]);
    expect(scene.recorder.pausedNs[0]).toBe(NS_PER_S);
  });

  it('a fault that hits nobody leaves no trace', () => {
    const scene = startedScene({ heartbeatNs: NS_PER_S });
    for (let second = 2; second < 9; second++) {
      scene.at(second);
      scene.bytes(0);
    }
    scene.tokens(0, 4, 5, 6, 7, 8, 9, 10);
    scene.done(0);
    const { streamsWhole, attempts, losses, lost, patterns } = scene.accounts.tally();
    expect({ streamsWhole, attempts, losses, lost }).toEqual({
      streamsWhole: 1,
      attempts: 0,
      losses: {},
      lost: 0,
    });
    expect(patterns).toEqual([{ events: ['done'], clients: 1 }]);
  });
});

function attemptsAfter503(policy: PolicyName, transport: TransportId): number {
  const scene = startedScene({ policy, transport });
  scene.fail(0, 'ECONNRESET');
  scene.at(60);
  scene.fail(0, 'http-503');
  scene.at(600);
  expect(scene.accounts.tally().streamsGivenUp).toBe(scene.streams.isOver ? 1 : 0);
  return scene.opened.length;
}

describe('giving up', () => {
  const causes: [TransportId, string][] = [
    ['sse', 'http-204'],
    ['ws', 'closed-4404'],
  ];
  it.each(causes)(
    '%s: a server that does not know the stream (%s) stops it, and what is to come is declared lost',
    (transport, cause) => {
      const scene = startedScene({ transport });
      scene.fail(0, 'ECONNRESET');
      scene.at(2);
      if (transport === 'ws') scene.acceptOnly(0);
      scene.fail(0, cause);
      scene.at(60);
      expect([scene.opened.length, scene.streams.isOver]).toEqual([2, true]);
      expect(scene.accounts.tally()).toMatchObject({
        streamsStopped: 1,
        lost: 7,
        lostDeclared: 7,
        losses: { ECONNRESET: 1 },
      });
    },
  );

  it('tcp: the same is said by an event, on a connection that it closes itself', () => {
    const scene = startedScene({ transport: 'tcp' });
    scene.fail(0, 'ECONNRESET');
    scene.at(2);
    scene.acceptOnly(0);
    scene.control(0, 'stream-error', { statusCode: 404, message: 'unknown' });
    scene.at(60);
    expect([scene.opened.length, scene.abandoned, scene.streams.isOver]).toEqual([2, [0], true]);
    expect(scene.accounts.tally()).toMatchObject({ streamsStopped: 1, lost: 7, lostDeclared: 7 });
  });

  it('a 503 is tried again under the identical policy, and as specified by WebSocket only', () => {
    expect([attemptsAfter503('identical', 'sse'), attemptsAfter503('identical', 'ws')]).toEqual([
      3, 3,
    ]);
    expect([
      attemptsAfter503('as-specified', 'sse'),
      attemptsAfter503('as-specified', 'ws'),
    ]).toEqual([2, 3]);
  });
});

describe('a client stack that reconnects by itself', () => {
  it('is never opened again, and its losses, failures and accepts are counted as they show', () => {
    const scene = startedScene({ client: 'eventsource', heartbeatNs: NS_PER_S });
    scene.lose(0, 'closed-early');
    scene.at(4);
    scene.lose(0, 'ECONNREFUSED');
    scene.at(7);
    scene.accept(0);
    scene.tokens(0, 4, 5, 6, 7, 8, 9, 10);
    scene.done(0);
    expect([scene.opened.length, scene.abandoned]).toEqual([1, []]);
    expect(scene.accounts.tally()).toMatchObject({
      streamsWhole: 1,
      losses: { 'closed-early': 1 },
      attempts: 2,
      accepted: 1,
      attemptFailures: { ECONNREFUSED: 1 },
      patterns: [
        {
          events: ['read: closed-early', 'attempt: ECONNREFUSED', 'accepted', 'new token', 'done'],
          clients: 1,
        },
      ],
    });
    const { lostNs, attemptNs, openNs, newNs } = scene.recorder;
    // The start of the attempt cannot be observed.
    expect([lostNs[0], attemptNs[0], openNs[0], newNs[0]]).toEqual([
      NS_PER_S,
      Number.NaN,
      7 * NS_PER_S,
      7 * NS_PER_S,
    ]);
  });

  it('has gone for good when it says so: stopped by a 204, given up at anything else', () => {
    const tallies = ['http-204', 'http-503'].map((cause) => {
      const scene = startedScene({ client: 'eventsource' });
      scene.control(0, 'bye');
      scene.lose(0, 'closed-early');
      scene.at(4);
      scene.fail(0, cause);
      expect(scene.streams.isOver).toBe(true);
      return scene.accounts.tally();
    });
    expect(tallies[0]).toMatchObject({
      streamsStopped: 1,
      streamsGivenUp: 0,
      losses: { bye: 1 },
      attemptFailures: { 'http-204': 1 },
    });
    expect(tallies[1]).toMatchObject({
      streamsStopped: 0,
      streamsGivenUp: 1,
      losses: { bye: 1 },
      attemptFailures: { 'http-503': 1 },
    });
  });
});
