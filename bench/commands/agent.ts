// `streamduel agent`: puts this machine at the service of a controller, until Ctrl-C.

import { randomBytes } from 'node:crypto';
import { availableParallelism, arch, cpus, hostname, release, totalmem, type } from 'node:os';
import { AGENT_PROTOCOL, type Announcement } from '../contract/agent-messages.ts';
import { agentRoles, type AgentRole } from '../contract/agents.ts';
import { startClockEcho, timeNamespace } from '../contract/clock-proof.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import { Agent } from '../agents/agent.ts';
import { parseBrokerUrl } from '../agents/broker-url.ts';
import { connectToBroker } from '../agents/broker.ts';
import { hashCode } from '../agents/code-hash.ts';
import { addressTowards } from '../agents/local-address.ts';
import { readBootId } from '../agents/machine-identity.ts';
import { processStarter } from '../agents/start-process.ts';
import { parseLabels } from '../plan/agents.ts';
import { readMachineLimits } from '../plan/limits.ts';
import { parseName, usageError } from '../plan/quantities.ts';
import { streamduelVersion } from '../trial/environment.ts';
import type { CommandOutput } from './command-output.ts';
import { canPin, listenForInterrupts } from './measure-run.ts';

export interface AgentFlags {
  readonly nats: string;
  readonly creds?: string;
  readonly role?: string;
  readonly labels?: string;
  readonly address?: string;
  readonly name?: string;
  readonly verbose?: boolean;
}

/** Resolves after Ctrl-C. @throws BenchError USAGE, BROKER, PORT */
export async function agentCommand(flags: AgentFlags, { stderr }: CommandOutput): Promise<void> {
  const role = parseName('--role', flags.role ?? 'both', { what: 'role', names: agentRoles });
  const labels = parseLabels('--labels', flags.labels);
  const name = readName(flags.name);
  using interruption = listenForInterrupts();
  const say = (text: string): void => void stderr.write(`agent ${name}: ${text}\n`);
  const url = parseBrokerUrl(flags.nats);
  const connection = await connectToBroker({
    url: flags.nats,
    credentials: flags.creds,
    name: `streamduel agent ${name}`,
  });
  try {
    const address = flags.address ?? (await addressTowards(url));
    using echo = await listenAt(address);
    const announcement = announce({ name, role, labels, address, clockPort: echo.port });
    const startProcess = processStarter({ verbose: flags.verbose === true });
    await using agent = new Agent({ connection, announcement, startProcess, say });
    say(
      `ready for ${role === 'both' ? 'load and servers' : role} at ${address}, broker ${url.host}`,
    );
    void sayStates(agent, connection.status(), say);
    await new Promise<void>((resolve) => {
      interruption.signal.addEventListener('abort', () => resolve());
      void connection.closed().then(() => resolve());
    });
    await agent.leave('its user ended it');
  } finally {
    await connection.close();
  }
}

async function sayStates(
  agent: Agent,
  states: AsyncIterable<{ readonly type: string }>,
  say: (text: string) => void,
): Promise<void> {
  for await (const { type } of states) {
    if (type === 'disconnect') say('lost the broker, and looks for it');
    if (type === 'reconnect') {
      say('has found the broker again');
      // Messages of the meantime may be lost.
      agent.loseController('the broker was lost');
    }
  }
}

/** @throws BenchError PORT */
async function listenAt(address: string): ReturnType<typeof startClockEcho> {
  try {
    return await startClockEcho(address);
  } catch (cause) {
    throw new BenchError('PORT', `--address ${address}: ${messageOf(cause)}`, {
      cause,
      hint: 'give an address of this machine that the other agents reach',
    });
  }
}

interface Told {
  readonly name: string;
  readonly role: AgentRole;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  readonly clockPort: number;
}

function announce({ labels, ...told }: Told): Announcement {
  const { openFiles, localPorts, reusesPorts = false } = readMachineLimits();
  return {
    ...told,
    labels: { ...labels },
    protocol: AGENT_PROTOCOL,
    id: randomBytes(8).toString('hex'),
    version: streamduelVersion(),
    node: process.version,
    codeSha256: hashCode(),
    bootId: readBootId(),
    timeNamespace: timeNamespace(),
    cpus: availableParallelism(),
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    os: `${type()} ${release()} ${arch()}`,
    memoryBytes: totalmem(),
    ...(openFiles !== undefined && { openFiles }),
    ...(localPorts !== undefined && { localPorts }),
    reusesPorts,
    canPin: canPin(),
  };
}

function readName(given: string | undefined): string {
  const name = given ?? `${hostname()}-${process.pid}`;
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name))
    throw usageError('--name', name, 'up to 100 letters, digits, dots, dashes or underscores');
  return name;
}
