import { expect, it } from 'vitest';
import { firstTrial, planOf, quietOptions } from '../trial/measure-fixture.ts';
import { specifySteady } from '../scenarios/steady/specify.ts';
import { toldMessage } from './told-message.ts';

const place = { address: '10.0.0.7', stampsFile: '/own/stamps' };

async function serve(given: object = {}) {
  const plan = await planOf('stream', { preset: 'smoke', transports: 'sse' });
  const specification = specifySteady(firstTrial(plan), {
    ...quietOptions(plan),
    host: '0.0.0.0',
    port: 0,
  });
  return {
    kind: 'serve',
    specification: {
      ...specification,
      workload: { ...specification.workload, tokenFile: '/etc/shadow' },
      ...given,
    },
    stampsFile: '/etc/passwd',
  };
}

it('paths and addresses of the controller are replaced by the agent’s own', async () => {
  const told = toldMessage('server', await serve(), place);
  expect(told).toMatchObject({ stampsFile: '/own/stamps', specification: { host: '10.0.0.7' } });
  expect(JSON.stringify(told)).not.toMatch(/\/etc\//);
});

it.each([
  [{ client: 'browser' }, 'an agent does not run a browser'],
  [{ browser: '/bin/sh' }, 'an agent does not run a browser'],
])('no program of the wire is started: %j', async (given, message) => {
  const asked = await serve(given);
  expect(() => toldMessage('server', asked, place)).toThrow(message);
});

it('tokens that the agent does not have are refused by their hash', async () => {
  const { specification, ...rest } = await serve();
  const other = {
    ...specification,
    workload: { ...specification.workload, tokensSha256: '0'.repeat(64) },
  };
  expect(() => toldMessage('server', { ...rest, specification: other }, place)).toThrow(
    'holds other tokens',
  );
});

it.each([
  ['server', { kind: 'spawn', program: '/bin/sh' }],
  ['load', { kind: 'stop' }],
] as const)('what a %s does not know does not reach it', (program, message) => {
  expect(() => toldMessage(program, message, place)).toThrow('an agent was told something unknown');
});

it.each([
  [{ through: { port: 1, upgrades: 'tunnelled' } }, 'a load through a forward proxy'],
  [{ localAddresses: ['127.1.0.1'] }, 'a load from addresses of loopback'],
])('a load with %j is refused', async (given, what) => {
  const { specification } = await serve();
  const load = { kind: 'load', specification, stampsFile: 'x', host: 'h', port: 1, clockPort: 1 };
  expect(() => toldMessage('load', { ...load, ...given }, place)).toThrow(
    `an agent does not run ${what}`,
  );
});
