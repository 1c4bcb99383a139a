import { expect, it } from 'vitest';
import { quantileGrid } from '../../contract/distribution.ts';
import type { SteersTrial } from '../../contract/run-file.ts';
import { endpointsOf, findMetric } from '../../analysis/scenario-reading.ts';
import { fixtureArms, steerRun, type EditCell } from './fixture.ts';
import { steerReading } from './reading.ts';

function trialOf(transport: string, edit?: EditCell): SteersTrial {
  const arms = fixtureArms.filter((arm) => arm.transport === transport);
  const [trial] = steerRun({ blocks: 1, arms, ...(edit !== undefined && { edit }) }).trials;
  if (trial?.outcome !== 'steers') throw new TypeError('the fixture has trials of inputs');
  return trial;
}

const valueOf = (id: string, trial: SteersTrial): number | undefined =>
  findMetric(steerReading, id)?.value(trial);

/** Only this way has times. */
const only =
  (way: string): EditCell =>
  (cell) => {
    const { upNs: _up, backNs: _back, ...without } = cell;
    return cell.way === way ? cell : without;
  };

it('the endpoints are of active streams: one way, and there and back with its tail', () => {
  expect(endpointsOf(steerReading).map(({ id, endpoint }) => `${endpoint} ${id}`)).toEqual([
    'P4 steer.back.active.p99',
    'P14 steer.up.active.p50',
    'P15 steer.back.active.p50',
  ]);
});

it('a transport is measured by the way that it has on a connection that is open already', () => {
  expect(valueOf('steer.up.active.p50', trialOf('ws', only('message')))).toBeGreaterThan(0);
  expect(
    valueOf('steer.back.quiet.p99', trialOf('sse-post', only('kept-request'))),
  ).toBeGreaterThan(0);
  expect(valueOf('steer.up.active.p50', trialOf('sse-post', only('new-request')))).toBeUndefined();
});

it('no number of a trial of which an input did not come through', () => {
  const lost = trialOf('ws', (cell) => ({ ...cell, received: cell.sent - 1, seen: cell.sent - 1 }));
  for (const { id } of steerReading.metrics)
    expect([id, valueOf(id, lost)]).toEqual([id, undefined]);
});

it('no p99 of a window that is too short for ten stalls', () => {
  const trial = trialOf('ws', (cell) => {
    const { backNs } = cell;
    const tailBatches = quantileGrid.map(() => 20);
    return backNs === undefined ? cell : { ...cell, backNs: { ...backNs, tailBatches } };
  });
  expect(valueOf('steer.back.active.p99', trial)).toBeGreaterThan(0);
  expect(valueOf('steer.back.active.p99', { ...trial, windowNs: 2e9 })).toBeUndefined();
  expect(valueOf('steer.back.active.p50', { ...trial, windowNs: 2e9 })).toBeGreaterThan(0);
});
