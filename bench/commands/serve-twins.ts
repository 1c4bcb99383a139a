// The two processes of `streamduel serve`: starts them together, sends each the other's port, stops
// them together.

import { transports } from '../contract/arms/transports.ts';
import {
  demoTransports,
  fromDemoSchema,
  type DemoPorts,
  type DemoTransport,
  type FromDemo,
  type ToDemo,
} from '../contract/demo.ts';
import { BenchError } from '../contract/errors.ts';
import { programPath } from '../contract/program.ts';
import type { Workload } from '../contract/workload.ts';
import { Child } from '../trial/child-process.ts';

const program = programPath(import.meta.url, '../../servers/serve-main');
const START_TIMEOUT_MS = 30_000;
/**
 * Longer than the twins' grace period for open streams, and shorter than a user waits before the
 * next Ctrl-C.
 */
const STOP_TIMEOUT_MS = 3000;

const portFlags = { sse: '--port', ws: '--ws-port' } as const satisfies Record<
  DemoTransport,
  string
>;

export interface Listening {
  readonly host: string;
  /** 0 for any free one. */
  readonly ports: DemoPorts;
  readonly workloads: readonly Workload[];
}

/** Disposal ends open streams in good order, then both processes. */
export class TwinProcesses implements AsyncDisposable {
  readonly #children = { sse: startTwin('sse'), ws: startTwin('ws') } as const satisfies Record<
    DemoTransport,
    Child<FromDemo>
  >;

  /**
   * Returns the bound ports. @throws BenchError PORT that names the flag, or any other error that
   * prevented a start.
   */
  async listen({ host, ports, workloads }: Listening, signal: AbortSignal): Promise<DemoPorts> {
    const listenOne = async (transport: DemoTransport): Promise<number> => {
      const child = this.#children[transport];
      this.#tell(child, {
        kind: 'serve',
        transport,
        host,
        port: ports[transport],
        workloads: [...workloads],
      });
      try {
        return (await child.expect('listening', START_TIMEOUT_MS, signal)).port;
      } catch (error) {
        throw nameFlag(error, portFlags[transport], ports[transport]);
      }
    };
    const [sse, ws] = await Promise.all([listenOne('sse'), listenOne('ws')]);
    for (const transport of demoTransports)
      this.#tell(this.#children[transport], { kind: 'ports', sse, ws });
    return { sse, ws };
  }

  /**
   * Never resolves. @throws BenchError CHILD_DIED when a twin has ended, or the reason of an
   * aborted signal.
   */
  async ended(signal: AbortSignal): Promise<void> {
    const stopped = await Promise.race(
      demoTransports.map(async (transport) => {
        await this.#children[transport].expect('stopped', undefined, signal);
        return this.#children[transport].name;
      }),
    );
    throw new BenchError('CHILD_DIED', `the ${stopped} process was told to stop by somebody else`);
  }

  #tell(child: Child<FromDemo>, message: ToDemo): void {
    child.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      demoTransports.map(async (transport) => await this.#stop(this.#children[transport])),
    );
  }

  async #stop(child: Child<FromDemo>): Promise<void> {
    this.#tell(child, { kind: 'stop' });
    // Ends it even if it is dead or unresponsive; the failure has been reported.
    await child
      .expect('stopped', STOP_TIMEOUT_MS, new AbortController().signal)
      .catch(() => undefined);
    await child[Symbol.asyncDispose]();
  }
}

function startTwin(transport: DemoTransport): Child<FromDemo> {
  return new Child({
    name: `${transports[transport].title} twin`,
    program,
    schema: fromDemoSchema,
    environment: {},
    nodeArguments: [],
    cpu: undefined,
    // No report could hold the output of the twins.
    verbose: true,
  });
}

function nameFlag(error: unknown, flag: string, port: number): unknown {
  if (!(error instanceof BenchError) || error.code !== 'PORT') return error;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return new BenchError('PORT', `${flag} ${port}: ${error.message}`, { cause: error, ...hint });
}
