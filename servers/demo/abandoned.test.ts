import { expect, it } from 'vitest';
import { StreamRegistry } from '../stream-registry.ts';
import { LastingStream } from '../lasting-stream.ts';
import { DEFAULT_RESUME_LIMITS } from '../../bench/contract/recovery.ts';
import { fastWorkload } from '../twin-fixture.ts';
import { DescribedStreams } from './described-streams.ts';

const described = new DescribedStreams([fastWorkload]);

function abandoned(id: string): LastingStream {
  const plan = described.find({ id, n: 100 });
  if (plan === undefined || plan.source === undefined)
    throw new Error('a described stream has a plan and a source');
  const template = { before: '', firstNumber: undefined, between: '', after: '' };
  return new LastingStream({
    plan,
    template,
    source: plan.source,
    tokensDueNs: plan.offsetsNs,
    buffer: undefined,
    first: 1,
  });
}

it('a running stream that nobody receives keeps its place for the grace, and gives way after it', () => {
  let nowNs = 0;
  const forgotten: LastingStream[] = [];
  const registry = new StreamRegistry({
    limits: DEFAULT_RESUME_LIMITS,
    maxStreams: 2,
    graceNs: 5e9,
    now: () => nowNs,
    onForget: (stream) => {
      forgotten.push(stream);
      registry.forget(stream);
    },
  });
  const streams = [abandoned('a'), abandoned('b')] as const;
  registry.add(streams[0]);
  nowNs = 1e9;
  registry.add(streams[1]);
  nowNs = 4.9e9;
  expect(registry.hasRoom()).toBe(false);
  nowNs = 5e9;
  expect(registry.hasRoom()).toBe(true);
  registry.add(abandoned('c'));
  expect(forgotten).toEqual([streams[0]]);
});

it('two described streams of one seed have the same text and cursors of their own', () => {
  const [one, other] = [described.find({ id: 'a', seed: 3 }), described.find({ id: 'b', seed: 3 })];
  expect(one?.sha256).toBe(other?.sha256);
  expect(one?.epoch).not.toBe(other?.epoch);
});
