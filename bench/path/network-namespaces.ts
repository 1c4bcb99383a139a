// Gives a trial its own network: two network namespaces joined by a pair of virtual interfaces,
// which can be cut. Needs privileges; namespaces left behind by a killed run are removed by the
// next one.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { faults, needsPrivileges, type Fault, type FaultName } from '../contract/faults.ts';
import { BenchError } from '../contract/errors.ts';
import { isAlive } from '../contract/is-alive.ts';
import {
  dropCommand,
  healCommand,
  linkCommand,
  listCommand,
  nameSides,
  openCommands,
  removeCommand,
  type Command,
  type Side,
} from './network-commands.ts';
import {
  explainNetworkRefusal,
  notLinux,
  type FailedCommand,
  type NetworkRefusal,
} from './network-refusal.ts';

/**
 * Contains the pid of its owner, by which another run sees whether the namespace is still in use.
 */
const NAME = /^streamduel-(\d+)-[0-9a-f]+-(?:server|client)$/;
const ID_BYTES = 4;
const COMMAND_TIMEOUT_MS = 10_000;

/** @throws BenchError LIMIT with a hint on how to fix it; see {@link whyAbsent}. */
export async function openNamespaces(): Promise<NamespacePair> {
  await removeLeftovers();
  const sides = prepareSides();
  const pair = new NamespacePair(sides);
  try {
    for (const command of openCommands(sides)) await run(command);
  } catch (error) {
    await pair[Symbol.asyncDispose]();
    throw error;
  }
  return pair;
}

export class NamespacePair implements AsyncDisposable {
  readonly server: Side;
  readonly client: Side;

  constructor({ server, client }: { server: Side; client: Side }) {
    this.server = server;
    this.client = client;
  }

  /** Takes down the server's interface; its peer loses its carrier with it. */
  async linkDown(): Promise<void> {
    await run(linkCommand(this.server, 'down'));
  }

  async linkUp(): Promise<void> {
    await run(linkCommand(this.server, 'up'));
  }

  /** Drops every packet between the two, in both directions, without notifying either end. */
  async partition(): Promise<void> {
    await this.lose(1);
  }

  /**
   * Drops packets at random, in the kernel. @param share More than 0, at most 1, in steps of
   * 1/1000.
   */
  async lose(share: number): Promise<void> {
    await Promise.all([run(dropCommand(this.server, share)), run(dropCommand(this.client, share))]);
  }

  /** Ends a partition or a loss. */
  async heal(): Promise<void> {
    await Promise.all([run(healCommand(this.server)), run(healCommand(this.client))]);
  }

  /** Works also after a partial opening: a missing namespace needs no removal. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { name } of [this.server, this.client]) {
      await run(removeCommand(name)).catch(() => undefined);
    }
  }
}

/**
 * Why a network of its own is unavailable here, and the fix; undefined when it is available. Probed
 * once, by creating one.
 */
export function whyNoNamespaces(): NetworkRefusal | undefined {
  tried ??= tryNetwork();
  return tried.namespaces;
}

/**
 * Why a fault is unavailable here, and the fix; undefined when it is available. Probed once, by
 * creating and breaking a network.
 */
export function whyAbsent(fault: FaultName): NetworkRefusal | undefined {
  if (!needsPrivileges(fault)) return undefined;
  tried ??= tryNetwork();
  const { action } = faults[fault] as Fault;
  const needsRules = action.by === 'network' && action.how !== 'link-down';
  return tried.namespaces ?? (needsRules ? tried.rules : undefined);
}

interface Tried {
  readonly namespaces?: NetworkRefusal | undefined;
  readonly rules?: NetworkRefusal | undefined;
}

let tried: Tried | undefined;

function tryNetwork(): Tried {
  if (process.platform !== 'linux') return { namespaces: notLinux(process.platform) };
  const sides = prepareSides();
  try {
    for (const command of openCommands(sides)) {
      const failed = tryCommand(command);
      if (failed !== undefined) return { namespaces: explainNetworkRefusal(failed) };
    }
    const failed = tryCommand(dropCommand(sides.server, 0.5));
    return { rules: failed && explainNetworkRefusal(failed) };
  } finally {
    for (const { name } of [sides.server, sides.client]) {
      tryCommand(removeCommand(name));
    }
  }
}

function prepareSides(): { server: Side; client: Side } {
  return nameSides(`streamduel-${process.pid}-${randomBytes(ID_BYTES).toString('hex')}`);
}

async function removeLeftovers(): Promise<void> {
  const listed = await run(listCommand);
  // Each line is `NAME` or `NAME (id: N)`.
  const names = listed.split('\n').map((line) => line.split(' ')[0] ?? '');
  for (const name of names) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    // Another run may be removing it at the same time.
    await run(removeCommand(name)).catch(() => undefined);
  }
}

/** Returns the command's stdout. @throws BenchError LIMIT when the command fails. */
async function run({ words, input }: Command): Promise<string> {
  const [program, ...rest] = words;
  // Runs in a process group of its own: Ctrl-C must not end a removal.
  const child = spawn(program, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MS,
    detached: true,
  });
  // A program that exits before it has read all its input is judged by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [said, shown, ended] = await Promise.all([
    text(child.stderr),
    text(child.stdout),
    once(child, 'close').then(
      ([code]: unknown[]) => ({ code: undefined, isFine: code === 0, message: '' }),
      (error: NodeJS.ErrnoException) => ({
        code: error.code,
        isFine: false,
        message: error.message,
      }),
    ),
  ]);
  if (ended.isFine) return shown;
  throw refusalError({
    command: words,
    said: said === '' ? ended.message : said,
    code: ended.code,
  });
}

/** Synchronous variant of {@link run}, for probing only; undefined when the command succeeded. */
function tryCommand({ words, input }: Command): FailedCommand | undefined {
  const [program, ...rest] = words;
  const { status, error, stderr } = spawnSync(program, rest, {
    input: input ?? '',
    timeout: COMMAND_TIMEOUT_MS,
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  const { code, message } = (error ?? { message: '' }) as NodeJS.ErrnoException;
  return { command: words, said: error === undefined ? stderr : message, code };
}

function refusalError(failed: FailedCommand): BenchError {
  const { why, remedy } = explainNetworkRefusal(failed);
  return new BenchError('LIMIT', `no network of its own for this trial: ${why}`, { hint: remedy });
}
