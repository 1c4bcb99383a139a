import { describe, expect, it } from 'vitest';
import { makeChunks } from '../../bench/contract/chunks.ts';
import {
  dueNs,
  interruptionOf,
  type DuplexPlan,
  type Session,
} from '../../bench/contract/duplex.ts';
import type { Frame } from '../../bench/contract/duplex-frames.ts';
import { asInstant, NS_PER_MS } from '../../bench/contract/units.ts';
import { ClientSession } from './client-session.ts';
import type { LaneEvents } from './lanes.ts';

const duplex: DuplexPlan = {
  frameNs: 20 * NS_PER_MS,
  frameBytes: 64,
  deadlineNs: 60 * NS_PER_MS,
  leadNs: 0,
  interruptEveryFrames: 20,
  interruptFrames: 2,
  answerNs: 100 * NS_PER_MS,
};

const plan: Session = {
  id: 's0',
  place: 0,
  openNs: 0,
  frames: 20,
  frameNs: duplex.frameNs,
  firstUpNs: 0,
  firstDownNs: 5 * NS_PER_MS,
  contentUp: 0,
  contentDown: 0,
  interruptions: [5],
};

const contents = makeChunks(duplex.frameBytes);

/** A session with lanes that only note what they are given. */
function opened() {
  const sent: Frame[] = [];
  const delays: number[] = [];
  let events: LaneEvents | undefined;
  const session = new ClientSession(plan, duplex, {
    frame: (_due, delayNs) => delays.push(delayNs),
    large: () => undefined,
  });
  const open = (): void =>
    session.open((own) => {
      events = own;
      return { send: (frame) => sent.push(frame), endUp: () => 0, close: () => undefined };
    });
  const receive = (index: number, isSpeech: boolean, atNs: number): void =>
    events!.frame(
      { number: index + 1, isSpeech, content: contents[index % contents.length]! },
      asInstant(atNs),
    );
  return { session, open, sent, delays, receive };
}

describe('a session on the client', () => {
  it('keeps frames that were due before it was opened', () => {
    const { session, open, sent } = opened();
    session.send(0, contents[0]!);
    expect(sent).toEqual([]);
    open();
    session.send(1, contents[1]!);
    expect(sent.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('speaks in the frames of an interruption, and in no other', () => {
    const { session, open, sent } = opened();
    open();
    for (let index = 0; index < 10; index++) session.send(index, contents[index]!);
    expect(sent.filter(({ isSpeech }) => isSpeech).map(({ number }) => number)).toEqual([6, 7]);
  });

  it('counts delivery from when a frame was due', () => {
    const { open, delays, receive } = opened();
    open();
    receive(0, true, 8 * NS_PER_MS);
    expect(delays).toEqual([3 * NS_PER_MS]);
  });

  it('notes when it last heard the answer that an interruption stopped', () => {
    const { session, open, receive } = opened();
    open();
    // The interruption begins at 100 ms; frames down are due 5 ms after every 20 ms.
    const stopped = Array.from({ length: 20 }, (_, frame) => frame).filter(
      (frame) => interruptionOf(plan, frame, duplex) === 0,
    );
    expect(stopped).toEqual([5, 6, 7, 8, 9]);
    for (let index = 0; index < 12; index++)
      receive(index, index < 7 || index > 9, dueNs(plan, 'down', index) + 10 * NS_PER_MS);
    expect(session.lastHeardNs).toEqual(new Map([[0, 135 * NS_PER_MS]]));
  });

  it('has heard no silence where the answer went on to its end', () => {
    const { session, open, receive } = opened();
    open();
    for (let index = 0; index < 12; index++) receive(index, true, dueNs(plan, 'down', index));
    expect(session.lastHeardNs.size).toBe(0);
  });
});
