// Checks a message that a controller sends to a process of an agent before it is passed on: only what the
// program understands, with files and addresses of this machine in place of the controller's.

import { isBrowser } from '../contract/arms/stacks.ts';
import type { StartProcess } from '../contract/agent-messages.ts';
import { BenchError } from '../contract/errors.ts';
import {
  toClientSchema,
  toServerSchema,
  type ToClient,
  type ToServer,
  type TrialSpecification,
} from '../contract/messages.ts';
import { BUNDLED, locateTokens } from '../plan/workloads.ts';

export interface OwnPlace {
  /** The address at which this agent was announced: its servers listen there and nowhere else. */
  readonly address: string;
  readonly stampsFile: string;
}

/** @throws BenchError USAGE for what no agent does, WORKLOAD for tokens that it does not have */
export function toldMessage(
  program: StartProcess['program'],
  message: object,
  place: OwnPlace,
): ToServer | ToClient {
  return program === 'server'
    ? toldServer(parsed(toServerSchema.safeParse(message)), place)
    : toldClient(parsed(toClientSchema.safeParse(message)), place);
}

function parsed<Message>(
  result: { success: true; data: Message } | { success: false; error: Error },
): Message {
  if (result.success) return result.data;
  throw new BenchError('USAGE', `an agent was told something unknown: ${result.error.message}`);
}

function toldServer(message: ToServer, { address, stampsFile }: OwnPlace): ToServer {
  if (message.kind !== 'serve') return message;
  if (message.upstreamSocket !== undefined || message.standby !== undefined)
    throw refused('a server beside which another process runs');
  const specification = { ...owned(message.specification), host: address };
  return { ...message, specification, stampsFile };
}

function toldClient(message: ToClient, { stampsFile }: OwnPlace): ToClient {
  if (message.kind !== 'load') return message;
  if (message.through !== undefined) throw refused('a load through a forward proxy');
  if (message.localAddresses !== undefined) throw refused('a load from addresses of loopback');
  return { ...message, specification: owned(message.specification), stampsFile };
}

/** A path that comes over the wire is never opened, nor a program that it names started. */
function owned(specification: TrialSpecification): TrialSpecification {
  if (isBrowser(specification.client) || specification.browser !== undefined)
    throw refused('a browser');
  const { workload } = specification;
  const tokenFile = locateTokens({ ...workload, tokenFile: BUNDLED }, '.');
  return { ...specification, workload: { ...workload, tokenFile } };
}

function refused(what: string): BenchError {
  return new BenchError('USAGE', `an agent does not run ${what}`);
}
