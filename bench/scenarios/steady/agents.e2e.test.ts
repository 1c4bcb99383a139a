// Steady streams on agents: what k agents replay is, to the byte, what one process would; and an
// agent that is lost leaves no result.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentProgram, Broker, openFleet, until } from '../../agents/agents-fixture.ts';
import { agentSite } from '../../agents/agent-site.ts';
import type { Fleet } from '../../agents/fleet.ts';
import { seededDraw } from '../../contract/random.ts';
import type { Plan } from '../../contract/run-file.ts';
import { isUntested, whyNoLabProgram, whyNoProgram } from '../../missing-fixture.ts';
import { isAlive } from '../../processes-fixture.ts';
import { firstTrial, planOf, quietOptions } from '../../trial/measure-fixture.ts';
import { measureTrial } from '../../trial/procedure.ts';
import { replayed, stampsMissing } from './replayed-fixture.ts';
import { steady } from './procedure.ts';
import { recordSteady } from './record.ts';

const short = {
  preset: 'smoke',
  warmup: '500ms',
  duration: '1s',
  connections: '31',
  tokens: '30',
  seed: '7',
  blocks: '1',
};
/** A time namespace, whose monotonic clock is ahead (time_namespaces(7)). */
const SHIFTED = ['--time', '--monotonic', '1000', '--fork'];
const whyNoShift = whyNoProgram('unshare', 'run them as root', [...SHIFTED, 'true']);
const NATS = 'nats://127.0.0.1:1';

async function measure(plan: Plan, fleet?: Fleet) {
  const planned = firstTrial(plan);
  const site = fleet === undefined ? undefined : agentSite(fleet, plan);
  const measured = await measureTrial(steady, planned, { ...quietOptions(plan), site });
  return { measured, record: recordSteady(planned, measured) };
}

describe.skipIf(isUntested('agents', whyNoLabProgram('nats-server')))('on agents', () => {
  let broker: Broker;
  const agents: AgentProgram[] = [];

  beforeAll(async () => {
    broker = await Broker.start();
    for (const [name, role] of [
      ['a-server', 'server'],
      ['b-server', 'server'],
      ['c-load', 'load'],
      ['d-load', 'load'],
      ['e-load', 'load'],
      ['f-load', 'load'],
    ] as const)
      agents.push(await AgentProgram.start(broker.url, { name, role }));
  });
  afterAll(async () => {
    for (const agent of agents) await agent[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
  });

  it.each([
    { transports: 'sse', loadAgents: '3', serverAgents: '1' },
    { transports: 'ws', loadAgents: '4', serverAgents: '2' },
  ])('%j replay what one process does', async ({ transports, ...flags }) => {
    const alone = await measure(await planOf('stream', { ...short, transports }));
    const plan = await planOf('stream', { ...short, transports, nats: NATS, ...flags });
    await using fleet = await openFleet(broker.url, plan);
    const { measured, record } = await measure(plan, fleet);
    expect(replayed(measured)).toEqual(replayed(alone.measured));
    expect(Object.values(stampsMissing(measured)).every((missing) => missing === 0)).toBe(true);
    expect(record.planned).toEqual(alone.record.planned);
    expect(record.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
    const shares = record.agents?.shares ?? [];
    expect(shares.map(({ part }) => part)).toEqual([
      ...Array.from({ length: Number(flags.serverAgents) }, () => 'server'),
      ...Array.from({ length: Number(flags.loadAgents) }, () => 'load'),
    ]);
    const loads = shares.filter(({ part }) => part === 'load');
    expect(loads.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(measured.client.tokensReceived);
    expect(loads.every(({ streams }) => streams > 0)).toBe(true);
    // One machine: the clocks are one, and the exchanges must say so.
    for (const { skewNs, clockBoundNs } of shares)
      expect(Math.abs(skewNs)).toBeLessThanOrEqual(2 * clockBoundNs + 1);
    expect(measured.memory.after?.rssBytes).toBeGreaterThan(1e6);
    expect(measured.calls?.clientReads).toBeGreaterThan(0);
    for (const agent of agents) expect(agent.children).toEqual([]);
  });

  it.skipIf(isUntested('clocks that differ', whyNoShift))(
    'a clock that is 1000 s ahead is found, and taken out of the stamps',
    async () => {
      await using own = await Broker.start();
      await using _server = await AgentProgram.start(own.url, { name: 'here', role: 'server' });
      await using _load = await AgentProgram.start(own.url, {
        name: 'ahead',
        role: 'load',
        within: ['unshare', ...SHIFTED],
      });
      const plan = await planOf('stream', { ...short, transports: 'sse', nats: NATS });
      await using fleet = await openFleet(own.url, plan);
      const { measured, record } = await measure(plan, fleet);
      expect(record.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
      const { receivedNs = [] } = measured.clientStamps;
      const { writtenNs = [] } = measured.serverStamps;
      const boundNs = measured.clock.before.highNs;
      const oneWayNs = Array.from(receivedNs, (atNs, token) => atNs - (writtenNs[token] ?? 0));
      expect(oneWayNs.length).toBeGreaterThan(100);
      expect(Math.min(...oneWayNs)).toBeGreaterThan(-boundNs);
      // Left in, the difference would be in every one of them.
      expect(Math.max(...oneWayNs)).toBeLessThan(60e9);
      const ahead = record.agents?.shares.find(({ agent }) => agent === 'ahead');
      expect(Math.abs(ahead?.skewNs ?? Infinity)).toBeLessThanOrEqual(2 * boundNs);
      expect(ahead?.deviationNs).toBe(0);
    },
  );

  describe('an agent or the broker that is lost in the window', () => {
    const long = { ...short, transports: 'sse', duration: '4s', nats: NATS, loadAgents: '2' };

    it.each([
      { fault: 'kill -9 of a load agent', lost: 'x-load' },
      { fault: 'SIGSTOP of a load agent', lost: 'x-load' },
      { fault: 'SIGSTOP of a load process', lost: 'x-load' },
      { fault: 'kill -9 of the agent of the server', lost: 'x-server' },
      { fault: 'the broker is started again', lost: '' },
    ])('$fault: no result, named with the second, within 3 s', async ({ fault, lost }) => {
      await using own = await Broker.start();
      await using server = await AgentProgram.start(own.url, { name: 'x-server', role: 'server' });
      await using load = await AgentProgram.start(own.url, { name: 'x-load', role: 'load' });
      await using other = await AgentProgram.start(own.url, { name: 'y-load', role: 'load' });
      const plan = await planOf('stream', long);
      await using fleet = await openFleet(own.url, plan);
      const ended = measure(plan, fleet).then(
        () => ({ error: undefined, atMs: performance.now() }),
        (error: unknown) => ({ error, atMs: performance.now() }),
      );
      await until('the processes', () => load.children.length === 1 && other.children.length === 1);
      // Some 2 s until they are ready; then anywhere in the window.
      await sleep(3000 + 2500 * seededDraw(fault.length)());
      const children = [...server.children, ...load.children, ...other.children];
      expect(children).toHaveLength(3);
      const struckMs = performance.now();
      if (fault.includes('load process')) process.kill(Number(load.children[0]), 'SIGSTOP');
      else if (fault.includes('SIGSTOP')) load.signal('SIGSTOP');
      else if (fault.includes('of the server')) server.signal('SIGKILL');
      else if (fault.includes('kill')) load.signal('SIGKILL');
      else {
        await own.kill();
        await own.start();
      }
      const { error, atMs } = await ended;
      expect(error).toMatchObject({
        code: 'AGENT_LOST',
        message: expect.stringMatching(
          new RegExp(`^agent ${lost}.* was lost in second \\d of the trial: `),
        ),
      });
      expect(atMs - struckMs).toBeLessThan(3000);
      if (fault.includes('SIGSTOP of a load agent')) load.signal('SIGCONT');
      await until('the end of all processes', () => !children.some(isAlive));
    });
  });
});
