// Message loop of a server process: receives a trial's specification; reports its address, then its
// tally. The server is an argument, so that the benchmark of ourselves can put a bare one in the
// twin's place.

import { linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import { BenchError } from '../bench/contract/errors.ts';
import {
  toServerSchema,
  type FromServer,
  type ToServer,
  type TrialSpecification,
} from '../bench/contract/messages.ts';
import { ServerTrial, type ServerStarter } from './server-trial.ts';

const say = async (message: FromServer): Promise<void> => await sendToParent(message);

/** Call once in a process. `starterOf` gives the server for a trial's transport. */
export function serveTrial(starterOf: (specification: TrialSpecification) => ServerStarter): void {
  let trial: ServerTrial | undefined;
  const current = (): ServerTrial => {
    if (trial === undefined)
      throw new BenchError(
        'USAGE',
        'the server was told to go on before it was told what to serve',
      );
    return trial;
  };
  linkToParent<ToServer>({
    schema: toServerSchema,
    onMessage: async (message) => {
      switch (message.kind) {
        case 'serve':
          trial = new ServerTrial(message, starterOf(message.specification));
          if (message.specification.recovery !== undefined) drainOnTerm(trial);
          await say(
            message.standby === undefined
              ? await trial.listen(message.specification.port)
              : { kind: 'prepared' },
          );
          return;
        case 'start':
          current().start(BigInt(message.epochNs));
          return;
        case 'listen':
          await say(await current().listen(message.port));
          return;
        case 'count-open':
          await say({ kind: 'open-count', open: current().countOpen() });
          return;
        case 'close-connections':
          await say({ kind: 'connections-closed', connections: current().closeConnections() });
          return;
        case 'count-peers':
          await say({ kind: 'peer-count', peers: await current().countPeers() });
          return;
        case 'read-ladder':
          await say({ kind: 'ladder-reading', reading: await current().readLadder(message) });
          return;
        case 'stop':
          await stop(current());
      }
    },
  });
}

async function stop(trial: ServerTrial): Promise<void> {
  await say({ kind: 'tally', tally: await trial.stop() });
  process.exit(0);
}

/**
 * Handles SIGTERM as a server that is replaced: accepts no receiver, sends `bye` to all, and exits
 * by itself.
 */
function drainOnTerm(trial: ServerTrial): void {
  process.once('SIGTERM', () => void stop(trial));
}
