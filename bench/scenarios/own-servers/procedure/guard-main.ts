// Starts a target's server in a process group of its own and ends the whole group with the trial,
// also when the harness is killed: then the channel to this process closes, and the server goes
// with it.

import { spawn, type ChildProcess } from 'node:child_process';
import { linkToParent, sendToParent } from '../../../contract/child-link.ts';
import { BenchError } from '../../../contract/errors.ts';
import { toGuardSchema, type FromGuard, type ToGuard } from '../../../contract/target.ts';

/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 3000;
/** The last that the server printed. */
const SAID_CHARACTERS = 4000;

const say = async (message: FromGuard): Promise<void> => await sendToParent(message);

let server: ChildProcess | undefined;
let said = '';

function hear(bytes: Buffer): void {
  said = (said + bytes.toString()).slice(-SAID_CHARACTERS);
}

function start({ command, directory, environment }: Extract<ToGuard, { kind: 'guard' }>): void {
  const [program = '', ...programArguments] = command;
  const { NODE_OPTIONS: _own, NODE_CHANNEL_FD: _channel, ...inherited } = process.env;
  server = spawn(program, programArguments, {
    cwd: directory,
    env: { ...inherited, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  server.stdout?.on('data', hear);
  server.stderr?.on('data', hear);
  server.once('error', (error) => void say({ kind: 'ended', how: error.message, said }));
  server.once('exit', (code, signal) => {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    void say({ kind: 'ended', how, said });
  });
  if (server.pid !== undefined) void say({ kind: 'guarding', pid: server.pid });
}

/** The group may have outlived its leader. */
function signalGroup(signal: NodeJS.Signals | 0): boolean {
  if (server?.pid === undefined) return false;
  try {
    process.kill(-server.pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function stop(): Promise<void> {
  signalGroup('SIGTERM');
  const deadlineMs = Date.now() + GRACE_MS;
  while (signalGroup(0) && Date.now() < deadlineMs)
    await new Promise((resolve) => setTimeout(resolve, 20));
  signalGroup('SIGKILL');
}

linkToParent<ToGuard>({
  schema: toGuardSchema,
  onMessage: async (message) => {
    if (message.kind === 'guard') {
      if (server !== undefined) throw new BenchError('USAGE', 'one guard starts one server');
      start(message);
      return;
    }
    await stop();
    await say({ kind: 'stopped' });
    process.exit(0);
  },
});

// The link ends the process in its own listener of this event; the group must go first.
process.prependListener('disconnect', () => signalGroup('SIGKILL'));
for (const signal of ['SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    signalGroup('SIGKILL');
    process.exit(1);
  });
