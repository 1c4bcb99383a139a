// Agents that are lost, at a hundred drawn moments: real broker, controller and agents, whose
// processes are stand-ins that stream nothing.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT_PROTOCOL, type Announcement } from '../contract/agent-messages.ts';
import type { AgentPart } from '../contract/agents.ts';
import { startClockEcho, timeNamespace } from '../contract/clock-proof.ts';
import { seededDraw, type Draw } from '../contract/random.ts';
import type { Plan } from '../contract/run-file.ts';
import { isUntested, whyNoLabProgram } from '../missing-fixture.ts';
import { steady } from '../scenarios/steady/procedure.ts';
import { firstTrial, planOf, quietOptions } from '../trial/measure-fixture.ts';
import { measureTrial } from '../trial/procedure.ts';
import { agentSite } from './agent-site.ts';
import { Agent } from './agent.ts';
import type { StartAgentProcess } from './agent-session.ts';
import { Broker, until } from './agents-fixture.ts';
import { connectToBroker } from './broker.ts';
import { Fleet } from './fleet.ts';

const codeSha256 = 'c'.repeat(64);
const MOMENTS = 100;
const SIDE_BY_SIDE = 25;
const SEED = 20;
const loopback = '127.0.0.1';

/** Answers as servers and load processes do, and counts those that live. */
class StandIns {
  /** When the order to start came, per process. */
  readonly startsAt: bigint[] = [];
  alive = 0;

  readonly start: StartAgentProcess = ({ program }, { onMessage }) => {
    this.alive++;
    let progress: NodeJS.Timeout | undefined;
    const say = (message: object): void => void setImmediate(() => onMessage(message));
    const answers: Record<string, () => void> = {
      serve: () =>
        say({ kind: 'listening', port: 1, clockPort: 1, timeNamespace: timeNamespace() }),
      load: () =>
        say({
          kind: 'ready',
          clock: { exchanges: 1, violations: 0, lowNs: 0, highNs: 0 },
          timeNamespace: timeNamespace(),
          rehearsalNs: 0,
        }),
      start: () => {
        if (program === 'server') return;
        progress = setInterval(
          () => onMessage({ kind: 'progress', tokensReceived: 0, openStreams: 0 }),
          500,
        );
      },
      'count-open': () => {
        const none = { streams: 0, tokens: 0, bytes: 0, preludeBytes: 0 };
        say({ kind: 'open-count', open: none });
      },
    };
    return {
      pid: process.pid,
      send: (message) => {
        const told = message as { kind: string; epochNs?: string };
        if (told.epochNs !== undefined) this.startsAt.push(BigInt(told.epochNs));
        answers[told.kind]?.();
      },
      [Symbol.asyncDispose]: () => {
        clearInterval(progress);
        this.alive--;
        return Promise.resolve();
      },
    };
  };
}

interface StandInAgent {
  readonly name: string;
  /** As `kill -9` does: no leave is taken, and its processes end. */
  readonly kill: () => Promise<void>;
}

describe.skipIf(isUntested('agents', whyNoLabProgram('nats-server')))('agents', () => {
  let broker: Broker;
  let plan: Plan;
  let echo: Awaited<ReturnType<typeof startClockEcho>>;

  beforeAll(async () => {
    broker = await Broker.start();
    echo = await startClockEcho(loopback);
    plan = await planOf('stream', {
      preset: 'smoke',
      transports: 'sse',
      connections: '4',
      warmup: '500ms',
      duration: '60s',
      nats: broker.url,
      loadAgents: '2',
      seed: String(SEED),
    });
  });
  afterAll(async () => {
    echo[Symbol.dispose]();
    await broker[Symbol.asyncDispose]();
  });

  let agentsSoFar = 0;

  async function startAgent(
    group: string,
    part: AgentPart,
    { name, standIns }: { readonly name: string; readonly standIns: StandIns },
  ): Promise<StandInAgent> {
    const connection = await connectToBroker({ url: broker.url, credentials: undefined, name });
    const announcement: Announcement = {
      protocol: AGENT_PROTOCOL,
      id: (agentsSoFar++).toString(16).padStart(16, '0'),
      name,
      role: part,
      labels: { group },
      address: loopback,
      clockPort: echo.port,
      version: '1',
      node: 'n',
      codeSha256,
      bootId: 'here',
      timeNamespace: timeNamespace(),
      cpus: 2,
      cpuModel: 'a CPU',
      os: 'Linux',
      memoryBytes: 1,
      reusesPorts: true,
      canPin: false,
    };
    const agent = new Agent({
      connection,
      announcement,
      startProcess: standIns.start,
      say: () => {},
    });
    return {
      name,
      kill: async () => {
        await connection.close();
        await agent[Symbol.asyncDispose]();
      },
    };
  }

  async function openFleet(group: string): Promise<Fleet> {
    return await Fleet.open({
      connection: await connectToBroker({ url: broker.url, credentials: undefined, name: group }),
      signal: new AbortController().signal,
      wanted: {
        agents: { load: 2, server: 1, labels: { group } },
        codeSha256,
        version: '1',
        node: 'n',
        whyTooSmall: () => undefined,
      },
    });
  }

  async function startThree(group: string, standIns: StandIns): Promise<readonly StandInAgent[]> {
    const parts = ['server', 'load', 'load'] as const;
    return await Promise.all(
      parts.map(
        async (part, index) =>
          await startAgent(group, part, { name: `${group}-${index}`, standIns }),
      ),
    );
  }

  async function measure(fleet: Fleet): Promise<unknown> {
    const site = agentSite(fleet, plan);
    return await measureTrial(steady, firstTrial(plan), { ...quietOptions(plan), site }).then(
      () => 'a result',
      (error: unknown) => error,
    );
  }

  /** Resolves with the name of the one that was killed, when all was found as it must be. */
  async function loseOne(index: number, draw: Draw): Promise<string> {
    const group = `g${index}`;
    const standIns = new StandIns();
    const agents = await startThree(group, standIns);
    await using fleet = await openFleet(group);
    const ended = measure(fleet);
    await until('the start', () => standIns.startsAt.length === 3);
    const struckS = 0.8 + 2.5 * draw();
    const epochNs = Number(standIns.startsAt[0]);
    await sleep(struckS * 1000 + (epochNs - Number(process.hrtime.bigint())) / 1e6);
    const lost = agents[Math.floor(draw() * agents.length)] as StandInAgent;
    const struckMs = performance.now();
    await lost.kill();
    const error = await ended;
    const tookMs = performance.now() - struckMs;
    expect(error).toMatchObject({ code: 'AGENT_LOST' });
    const [, name, second] =
      /^agent (\S+) .* was lost in second (\d+) of the trial/.exec((error as Error).message) ?? [];
    expect(name).toBe(lost.name);
    // It is dated by its last heartbeat, up to half a second before.
    expect(Number(second)).toBeGreaterThanOrEqual(Math.floor(struckS - 0.75) + 1);
    expect(Number(second)).toBeLessThanOrEqual(Math.floor(struckS) + 1);
    expect(tookMs).toBeLessThan(3000);
    await until('the end of all processes', () => standIns.alive === 0);
    for (const agent of agents) await agent.kill();
    return lost.name;
  }

  it(`one of three that is killed in the window leaves no result, at ${MOMENTS} of ${MOMENTS} moments`, async () => {
    const draw = seededDraw(SEED);
    const lost: string[] = [];
    for (let first = 0; first < MOMENTS; first += SIDE_BY_SIDE)
      lost.push(
        ...(await Promise.all(
          Array.from(
            { length: SIDE_BY_SIDE },
            async (_, index) => await loseOne(first + index, draw),
          ),
        )),
      );
    // Servers and load agents alike.
    expect(lost).toHaveLength(MOMENTS);
    expect(new Set(lost.map((name) => name.at(-1))).size).toBe(3);
  });

  it('as long as none is lost, none is called lost', async () => {
    const standIns = new StandIns();
    const agents = await startThree('whole', standIns);
    const fleet = await openFleet('whole');
    const ended = measure(fleet);
    await until('the start', () => standIns.startsAt.length === 3);
    expect(await Promise.race([ended, sleep(5000, 'goes on')])).toBe('goes on');
    await fleet[Symbol.asyncDispose]();
    await ended;
    for (const agent of agents) await agent.kill();
  });

  it('an agent that comes back, even twice, takes part in the next trial and not in this one', async () => {
    const standIns = new StandIns();
    const agents = await startThree('back', standIns);
    await using fleet = await openFleet('back');
    const ended = measure(fleet);
    await until('the start', () => standIns.startsAt.length === 3);
    await agents[2]?.kill();
    const returned = [
      await startAgent('back', 'load', { name: 'back-2', standIns }),
      await startAgent('back', 'load', { name: 'back-2', standIns }),
    ];
    expect(await ended).toMatchObject({
      code: 'AGENT_LOST',
      message: expect.stringContaining('agent back-2'),
    });
    const members = await fleet.muster();
    expect(members.map(({ announcement: { name }, lost }) => [name, lost])).toEqual([
      ['back-0', undefined],
      ['back-1', undefined],
      ['back-2', undefined],
    ]);
    for (const agent of [...agents, ...returned]) await agent.kill();
  });

  it('a second controller is refused, and told who is first', async () => {
    const standIns = new StandIns();
    const agents = await startThree('two', standIns);
    await using _first = await openFleet('two');
    await expect(openFleet('two')).rejects.toMatchObject({
      code: 'BROKER',
      message: expect.stringMatching(
        /^not enough agents: .* two-0 \(server\) works for another controller: .*process \d+/,
      ),
    });
    for (const agent of agents) await agent.kill();
  });

  it('what comes over the wire and is no order is refused, and the agent goes on', async () => {
    const standIns = new StandIns();
    const agents = await startThree('wire', standIns);
    await using fleet = await openFleet('wire');
    const [member] = await fleet.muster();
    const connection = await connectToBroker({
      url: broker.url,
      credentials: undefined,
      name: 'a stranger',
    });
    const subject = `streamduel.v${AGENT_PROTOCOL}.agent.${member?.announcement.id}`;
    for (const text of ['', 'x', '{}', '{"kind":"order","session":"0","order":{"kind":"spawn"}}']) {
      const reply = await connection.request(subject, text, { timeout: 2000 });
      expect(reply.json()).toMatchObject({ refused: { code: 'USAGE' } });
    }
    const strange = {
      kind: 'order',
      session: '0123456789abcdef',
      sequence: 1,
      order: { kind: 'read-clock' },
    };
    const reply = await connection.request(subject, JSON.stringify(strange), { timeout: 2000 });
    expect(reply.json()).toMatchObject({ refused: { code: 'AGENT_LOST' } });
    await connection.close();
    expect(member?.lost).toBeUndefined();
    await expect(member?.order<'read-clock'>({ kind: 'read-clock' })).resolves.toMatchObject({
      atNs: expect.stringMatching(/^\d+$/),
    });
    for (const agent of agents) await agent.kill();
  });
});
