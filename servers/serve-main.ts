// Process of one twin for people: receives what to serve; reports its port, and later that it has
// stopped.

import { fileURLToPath } from 'node:url';
import { linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import {
  toDemoSchema,
  type DemoPorts,
  type FromDemo,
  type ToDemo,
} from '../bench/contract/demo.ts';
import { BenchError, messageOf } from '../bench/contract/errors.ts';
import type { Workload } from '../bench/contract/workload.ts';
import { createDemoParts } from './demo/demo-parts.ts';
import { buildDemoTwin } from './demo/demo-twin.ts';
import { readPageFiles } from './demo/page.ts';
import { listenFastify, type RunningServer } from './listen.ts';

const pageFolder = fileURLToPath(new URL('demo/page', import.meta.url));

let server: RunningServer | undefined;
let ports: DemoPorts | undefined;
let stopped: Promise<void> | undefined;

const say = async (message: FromDemo): Promise<void> => await sendToParent(message);

async function serve({
  transport,
  host,
  port,
  workloads,
}: Extract<ToDemo, { kind: 'serve' }>): Promise<void> {
  // The schema requires at least one.
  const parts = createDemoParts(workloads as [Workload, ...Workload[]]);
  const app = buildDemoTwin(transport, parts, {
    page: readPageFiles(pageFolder),
    ports: () => ports,
  });
  try {
    server = await listenFastify(app, { host, port });
  } catch (cause) {
    const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new BenchError(
      'PORT',
      isTaken
        ? `${host}:${port} is taken`
        : `cannot listen on ${host}:${port}: ${messageOf(cause)}`,
      {
        cause,
        hint: isTaken
          ? 'end what listens there, or choose another port; 0 takes any free one'
          : 'choose another port, or another --host',
      },
    );
  }
  await say({ kind: 'listening', port: server.port });
}

/** Idempotent: a signal and a message may both request it. */
async function stop(): Promise<void> {
  stopped ??= closeAndLeave();
  await stopped;
}

async function closeAndLeave(): Promise<void> {
  await server?.close();
  await say({ kind: 'stopped' });
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
linkToParent<ToDemo>({
  schema: toDemoSchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'serve':
        await serve(message);
        return;
      case 'ports':
        ports = message;
        return;
      case 'stop':
        await stop();
    }
  },
});
