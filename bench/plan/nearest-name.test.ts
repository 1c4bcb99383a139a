import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = ['connections', 'client', 'client-processes', 'canary', 'rate'];

it.each([
  ['conections', 'connections'],
  ['connection', 'connections'],
  ['conncetions', 'connections'],
  ['client-process', 'client-processes'],
  ['cannary', 'canary'],
  ['rte', 'rate'],
])('%s is taken for %s', (text, name) => expect(nearestName(text, names)).toBe(name));

it.each(['speed', '', 'xyz'])('"%s" is near to none', (text) =>
  expect(nearestName(text, names)).toBeUndefined(),
);
