import { expect, it } from 'vitest';
import { faults, type FaultName } from '../../../contract/faults.ts';
import type { Plan } from '../../../contract/run-file.ts';
import type { PathName } from '../../../contract/arms/paths.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { injecting } from './procedure.ts';

const plan = { warmupNs: 800, windowNs: 700 } as Plan;

function open(name: FaultName, path: PathName = 'direct') {
  return injecting(() => faults[name]).opening!({ arm: { path } } as PlannedTrial, plan);
}

it('a fault of connections is the relay’s, at the end of the window; the path is a relay, whatever the arm has', () => {
  const pathFault = { action: { kind: 'reset' }, atNs: 1500 };
  expect(open('reset')).toMatchObject({ path: 'relay', pathFault, standby: undefined });
  expect(open('reset', 'relay')).toMatchObject({ path: 'relay', pathFault });
});

it('a fault of the network takes a network of its own', () => {
  expect(open('partition')).toMatchObject({ path: 'netns', pathFault: undefined });
});

it('a fault that needs no path leaves the arm its own', () => {
  expect(open('graceful-close')).toMatchObject({ path: 'direct' });
  expect(open('slow-reader', 'netns')).toMatchObject({ path: 'netns' });
});

it('a server that ends has another ready, which knows its streams or does not; a frozen one goes on', () => {
  expect(open('kill', 'relay')).toMatchObject({ path: 'relay', standby: { keepsState: true } });
  expect(open('lost-state')).toMatchObject({ standby: { keepsState: false } });
  expect(open('freeze').standby).toBeUndefined();
});

it.each<[FaultName, PathName, string]>([
  ['reset', 'netns', 'this fault needs path relay, so there can be no path netns besides'],
  ['partition', 'relay', 'this fault needs path netns, so there can be no path relay besides'],
  ['kill', 'netns', 'a fault that ends the server cannot be measured over path netns'],
])('%s over %s is refused with the reason', (name, path, reason) => {
  expect(() => open(name, path)).toThrow(reason);
});
