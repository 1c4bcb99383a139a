import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recoveryClientTallySchema } from '../bench/contract/recovery.ts';
import { NS_PER_MS, NS_PER_S } from '../bench/contract/units.ts';
import { populationWith, Scene, source, type SceneOptions } from './reconnect-fixture.ts';
import { RecoveryAccounts } from './recovery-accounts.ts';
import { RecoveryRecorder } from './recovery-recorder.ts';

const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** One stream with three tokens at 1 s, the moment of the fault, then a reset. */
function resetScene(options: SceneOptions = {}): Scene {
  const scene = new Scene({ faultNs: NS_PER_S, ...options });
  scene.streams.begin(0);
  scene.accept(0);
  scene.at(1);
  scene.tokens(0, 1, 2, 3);
  scene.fail(0, 'ECONNRESET');
  return scene;
}

it('a stream that is cut and resumed is whole, and its reconnect clock is stamped', () => {
  const scene = resetScene();
  scene.at(2);
  scene.fail(0, 'ECONNREFUSED');
  scene.at(10);
  scene.accept(0);
  scene.at(11);
  scene.tokens(0, 3, 4, 5, 6, 7, 8, 9, 10);
  scene.at(12);
  scene.done(0);
  const tally = scene.accounts.tally();
  expect(tally).toEqual({
    streamsPlanned: 1,
    streamsStarted: 1,
    streamsWhole: 1,
    streamsStopped: 0,
    streamsGivenUp: 0,
    streamsUnfinished: 0,
    tokensPlanned: 10,
    tokensReceived: 11,
    tokensDistinct: 10,
    duplicated: 1,
    reordered: 0,
    corrupt: 0,
    hashMismatches: 0,
    lost: 0,
    lostDeclared: 0,
    attempts: 2,
    accepted: 1,
    attemptFailures: { ECONNREFUSED: 1 },
    losses: { ECONNRESET: 1 },
    lossesBeforeFault: {},
    patterns: [
      {
        events: [
          'read: ECONNRESET',
          'attempt: ECONNREFUSED',
          'accepted',
          'seen again',
          'new token',
          'done',
        ],
        clients: 1,
      },
    ],
    bytesRead: 100,
    bytesSent: 10,
  });
  const {
    startNs,
    connectNs,
    acceptNs,
    endNs,
    pausedNs,
    lostNs,
    attemptNs,
    openNs,
    newNs,
    receivedNs,
    attemptsNs,
    acceptedNs,
  } = scene.recorder.columns();
  const [first, second] = scene.openedAfter(0).map(({ atNs }) => atNs);
  expect([startNs, connectNs, acceptNs].map((column) => column![0])).toEqual([0, 0, 0]);
  expect([lostNs, attemptNs, openNs, newNs, endNs].map((column) => column![0])).toEqual([
    NS_PER_S,
    first,
    10 * NS_PER_S,
    11 * NS_PER_S,
    12 * NS_PER_S,
  ]);
  expect(pausedNs![0]).toBe(Number.NaN);
  // The token that came twice keeps its first receipt.
  expect([...receivedNs!]).toEqual(
    [...ALL].map((number) => (number <= 3 ? NS_PER_S : 11 * NS_PER_S)),
  );
  expect([[...attemptsNs!], [...acceptedNs!]]).toEqual([[first, second], [10 * NS_PER_S]]);
});

it('the clock belongs to the first loss after the fault, and the new token may come on a later connection', () => {
  const scene = resetScene();
  scene.at(2);
  scene.accept(0);
  scene.fail(0, 'closed-early');
  scene.at(9);
  scene.accept(0);
  scene.tokens(0, 4);
  scene.fail(0, 'ECONNRESET');
  scene.at(20);
  scene.accept(0);
  scene.tokens(0, 5);
  const { lostNs, openNs, newNs } = scene.recorder;
  expect([lostNs[0], openNs[0], newNs[0]]).toEqual([NS_PER_S, 9 * NS_PER_S, 9 * NS_PER_S]);
  expect(scene.accounts.tally()).toMatchObject({
    losses: { ECONNRESET: 2, 'closed-early': 1 },
    attempts: 3,
    accepted: 3,
  });
});

it('what happens before the fault is counted apart and stamps no clock', () => {
  const scene = resetScene({ faultNs: 30 * NS_PER_S });
  scene.at(20);
  scene.fail(0, 'ECONNREFUSED');
  scene.at(29);
  const { lossesBeforeFault, losses, attempts, attemptFailures } = scene.accounts.tally();
  expect({ lossesBeforeFault, losses, attempts, attemptFailures }).toEqual({
    lossesBeforeFault: { ECONNRESET: 1, ECONNREFUSED: 1 },
    losses: {},
    attempts: 0,
    attemptFailures: {},
  });
  expect([scene.recorder.lostNs[0], scene.recorder.attemptNs[0]]).toEqual([Number.NaN, Number.NaN]);
});

function lossesWithFaultAt(faultNs: number) {
  const { lossesBeforeFault, losses } = resetScene({ faultNs }).accounts.tally();
  return { lossesBeforeFault, losses };
}

it('a fault that comes by a timer a millisecond early is the fault', () => {
  expect(lossesWithFaultAt(NS_PER_S + NS_PER_MS)).toEqual({
    lossesBeforeFault: {},
    losses: { ECONNRESET: 1 },
  });
  expect(lossesWithFaultAt(NS_PER_S + 3 * NS_PER_MS)).toEqual({
    lossesBeforeFault: { ECONNRESET: 1 },
    losses: {},
  });
});

it('tokens of a gap are lost and declared, and the pattern says so', () => {
  const scene = resetScene();
  scene.at(2);
  scene.accept(0);
  scene.control(0, 'gap', { missing: 4, from: 8 });
  scene.tokens(0, 8, 9, 10);
  scene.done(0);
  expect(scene.accounts.tally()).toMatchObject({
    streamsWhole: 0,
    streamsUnfinished: 0,
    lost: 4,
    lostDeclared: 4,
    hashMismatches: 0,
    patterns: [{ events: ['read: ECONNRESET', 'accepted', 'gap', 'new token', 'done'] }],
  });
});

it('a gap declares the tokens before its `from`, and no other', () => {
  const scene = resetScene();
  scene.at(2);
  scene.accept(0);
  scene.control(0, 'gap', { missing: 4, from: 8 });
  scene.tokens(0, 9, 10);
  expect(scene.accounts.tally()).toMatchObject({
    lost: 5,
    lostDeclared: 4,
    patterns: [
      { events: ['read: ECONNRESET', 'accepted', 'gap', 'skipped', 'new token', 'unfinished'] },
    ],
  });
});

it('tokens that a server without resume passed over are lost, and nobody declared them', () => {
  const scene = resetScene();
  scene.at(2);
  scene.accept(0);
  scene.tokens(0, 7, 8, 9, 10);
  scene.done(0);
  expect(scene.accounts.tally()).toMatchObject({
    streamsWhole: 0,
    lost: 3,
    lostDeclared: 0,
    reordered: 0,
    patterns: [{ events: ['read: ECONNRESET', 'accepted', 'skipped', 'new token', 'done'] }],
  });
});

it('another hash than that of the text is a mismatch, and the stream not whole', () => {
  const scene = new Scene();
  scene.streams.begin(0);
  scene.accept(0);
  scene.tokens(0, ...ALL);
  scene.done(0, 'f'.repeat(64));
  expect(scene.accounts.tally()).toMatchObject({ streamsWhole: 0, hashMismatches: 1, lost: 0 });
});

it('a stream that was never begun is unfinished and all its tokens lost', () => {
  const scene = new Scene({ streams: 2 });
  scene.streams.begin(0);
  scene.accept(0);
  scene.tokens(0, ...ALL);
  scene.done(0);
  const tally = scene.accounts.tally();
  expect(tally).toMatchObject({
    streamsPlanned: 2,
    streamsStarted: 1,
    streamsWhole: 1,
    streamsUnfinished: 1,
    lost: 10,
    lostDeclared: 0,
  });
});

it('streams without numbers are refused', () => {
  const population = populationWith(1, 1);
  const options = {
    specification: { payload: 'openai' as const, transport: 'sse' as const },
    faultNs: 0,
    population,
    source,
    recorder: new RecoveryRecorder(population),
  };
  expect(() => new RecoveryAccounts(options)).toThrow(
    'streams of payload openai cannot be resumed: its tokens have no numbers to resume by',
  );
});

const life = fc.array(
  fc.oneof(
    fc.constant('accept' as const),
    fc.constant('token' as const),
    fc.constant('replay' as const),
    fc.constantFrom('ECONNRESET', 'closed-early', 'ECONNREFUSED'),
    fc.constant('bye' as const),
    fc.constant('gap' as const),
    fc.constant('done' as const),
  ),
  { maxLength: 60 },
);

it('whatever a client lives through, the counts add up and every client has one pattern', () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 4 }), (lives) => {
      const scene = new Scene({ streams: lives.length, faultNs: 0 });
      for (const [stream, events] of lives.entries()) {
        scene.streams.begin(stream);
        live(scene, stream, events);
      }
      const tally = scene.accounts.tally();
      expect(tally.tokensReceived).toBe(tally.tokensDistinct + tally.duplicated + tally.corrupt);
      expect(tally.lost).toBe(tally.tokensPlanned - tally.tokensDistinct);
      expect(tally.lostDeclared).toBeLessThanOrEqual(tally.lost);
      expect(tally.attempts).toBe(scene.opened.length - tally.streamsStarted);
      expect(tally.accepted + sum(tally.attemptFailures)).toBeLessThanOrEqual(tally.attempts);
      expect(tally.patterns.reduce((total, { clients }) => total + clients, 0)).toBe(lives.length);
      const received = [...scene.recorder.receivedNs].filter((ns) => !Number.isNaN(ns)).length;
      expect(received).toBe(tally.tokensDistinct);
      const rest = { node: 'v24', use: {}, startsUnissued: 0, planSha256: '' };
      expect(
        recoveryClientTallySchema.omit({ use: true }).safeParse({ ...rest, ...tally }).success,
      ).toBe(true);
    }),
    { seed: 17, numRuns: 300 },
  );
});

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, one) => total + one, 0);
}

/** Plays events as far as the stack's contract allows them in the stream's state. */
function live(scene: Scene, stream: number, events: readonly string[]): void {
  let state: 'opening' | 'open' | 'lost' | 'over' = 'opening';
  let next = 1;
  const openedSoFar = (): number => scene.opened.filter((one) => one.stream === stream).length;
  let opened = openedSoFar();
  for (const event of events) {
    scene.at(scene.time.now() / NS_PER_S + 11);
    if (openedSoFar() > opened) {
      state = 'opening';
      opened = openedSoFar();
    }
    if (state === 'over' || state === 'lost') continue;
    if (state === 'opening') {
      if (event === 'accept') {
        scene.accept(stream);
        state = 'open';
      } else if (event.startsWith('ECONN')) {
        scene.fail(stream, event);
        state = 'lost';
      }
      continue;
    }
    if (event === 'token' && next <= 10) scene.tokens(stream, next++);
    else if (event === 'replay' && next > 1) scene.tokens(stream, next - 1);
    else if (event === 'gap' && next < 9) {
      scene.control(stream, 'gap', { missing: next, from: next + 2 });
      next += 2;
    } else if (event === 'bye') {
      scene.control(stream, 'bye');
      state = 'lost';
    } else if (event === 'done') {
      scene.done(stream);
      state = 'over';
    } else if (event.startsWith('ECONN') || event === 'closed-early') {
      scene.fail(stream, event);
      state = 'lost';
    }
  }
}
