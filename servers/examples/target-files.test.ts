import { expect, it } from 'vitest';
import { projectPath } from '../../bench/contract/program.ts';
import { readTargetFile } from '../../bench/plan/target-file.ts';
import { exampleNames, targetFileOf } from './example-fixture.ts';

const targetsOf = (path: string) =>
  readTargetFile(path).targets.map(({ place: _place, ...target }) => target);

const all = targetsOf(projectPath('servers/examples/targets.yaml'));

it('each stack is a target over an event stream and one over WebSocket', () => {
  expect(all.map(({ name, dialect }) => `${name} ${dialect}`)).toEqual(
    exampleNames.flatMap((name) => [`${name}-sse openai-chat`, `${name}-ws responses`]),
  );
});

it('all targets ask for the same tokens', () => {
  const queries = all.map(({ url }) => url.split('?')[1]);
  expect(new Set(queries)).toEqual(new Set(['n=75&rate=50']));
});

it.each(exampleNames)('the file of %s has its targets, the same as in the file of all', (name) => {
  expect(targetsOf(targetFileOf(name))).toEqual(all.filter((one) => one.name.startsWith(name)));
});
