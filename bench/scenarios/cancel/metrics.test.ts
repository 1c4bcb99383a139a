import { expect, it } from 'vitest';
import type { StopsTrial } from '../../contract/run-file.ts';
import { endpointsOf, findMetric } from '../../analysis/scenario-reading.ts';
import { cancelRun, fixtureArms, type EditCell } from './fixture.ts';
import { cancelReading } from './reading.ts';

function trialOf(transport: string, edit?: EditCell): StopsTrial {
  const arms = fixtureArms.filter((arm) => arm.transport === transport);
  const [trial] = cancelRun({ blocks: 1, arms, ...(edit !== undefined && { edit }) }).trials;
  if (trial?.outcome !== 'stops') throw new TypeError('the fixture has trials of stops');
  return trial;
}

/** Only this way has latencies. */
const only =
  (way: string): EditCell =>
  (cell) =>
    cell.way === way ? { ...cell, latencyNs: [5, 7, 6] } : { ...cell, latencyNs: [] };
const none: EditCell = (cell) => ({ ...cell, latencyNs: [], vainTokens: [], vainBytes: [] });
const few: EditCell = (cell) => ({ ...cell, vainTokens: [0, 0, 1], vainBytes: [0, 0, 42] });

const valueOf = (id: string, trial: StopsTrial): number | undefined =>
  findMetric(cancelReading, id)?.value(trial);

it('the endpoints are the stops of active streams, by saying so and by leaving', () => {
  expect(endpointsOf(cancelReading).map(({ id, endpoint }) => `${endpoint} ${id}`)).toEqual([
    'P10 stop.say.active',
    'P11 stop.leave.active',
  ]);
});

it('a transport is measured by its own way of each kind', () => {
  expect(valueOf('stop.say.active', trialOf('ws', only('message')))).toBe(6);
  expect(valueOf('stop.leave.active', trialOf('ws', only('close')))).toBe(6);
  expect(valueOf('stop.say.quiet', trialOf('sse', only('kept-request')))).toBe(6);
  expect(valueOf('stop.leave.quiet', trialOf('sse', only('disconnect')))).toBe(6);
});

it('a way that the transport does not have, or that no stop of went through, has no value', () => {
  expect(valueOf('stop.say.active', trialOf('sse-h2'))).toBeUndefined();
  for (const { id } of cancelReading.metrics)
    expect([id, valueOf(id, trialOf('ws', none))]).toEqual([id, undefined]);
});

it('tokens and bytes in vain are means, since most of a few are 0', () => {
  expect(valueOf('vain.leave.active', trialOf('sse', few))).toBeCloseTo(1 / 3);
  expect(valueOf('vain.bytes.leave.active', trialOf('sse', few))).toBe(14);
});
