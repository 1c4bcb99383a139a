// A trial on agents: its processes run on their machines, its path is the network between them, its
// T0 is one instant on all their clocks, and its stamps come back over the broker.

import assert from 'node:assert/strict';
import type { StartProcess } from '../contract/agent-messages.ts';
import type { Plan } from '../contract/run-file.ts';
import { BenchError } from '../contract/errors.ts';
import { fromClientSchema, fromServerSchema } from '../contract/messages.ts';
import type { Path } from '../path/path.ts';
import { ProcessGroup } from '../trial/process-group.ts';
import type { ReadyTrial, SiteTrial, StartedSite, TrialGroups, TrialSite } from '../trial/site.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { ClocksOfTrial } from './clocks-of-trial.ts';
import type { Fleet } from './fleet.ts';
import { readBootId } from './machine-identity.ts';
import type { Member } from './member.ts';
import { readAgents, type WatchedAgents } from './read-agents.ts';
import { RemoteWorker } from './remote-worker.ts';
import { sharesOf } from './shares.ts';

/**
 * From the order to start until T0: it must have reached every process by then, over the broker.
 * Streams that are late begin late, which is a gate.
 */
const START_LEAD_NS = 400e6;
/** Load processes say their progress twice a second. */
const SILENT_MS = 3000;
const CHECK_MS = 500;

export function agentSite(fleet: Fleet, { keepStamps }: Pick<Plan, 'keepStamps'>): TrialSite {
  return async (planned) => {
    const members = await fleet.muster();
    return new AgentTrial(members, { keepStamps, planned });
  };
}

interface AgentTrialOptions {
  readonly keepStamps: boolean;
  readonly planned: PlannedTrial;
}

/** A worker whatever it says. */
type ProcessOfAgent = Pick<
  RemoteWorker<{ kind: string }>,
  'member' | 'hear' | 'fail' | 'tell' | 'silentMs'
>;

class AgentTrial implements SiteTrial {
  readonly #members: readonly Member[];
  readonly #options: AgentTrialOptions;
  readonly #workers: ProcessOfAgent[] = [];
  readonly #clocks: ClocksOfTrial;
  readonly #watched: WatchedAgents = { tracers: [] };
  #silence: NodeJS.Timeout | undefined;

  constructor(members: readonly Member[], options: AgentTrialOptions) {
    this.#members = members;
    this.#options = options;
    const [reference] = members;
    assert(reference?.part === 'server', 'the first agent has a server');
    this.#clocks = new ClocksOfTrial(reference, members);
    for (const member of members) {
      member.epochNs = undefined;
      member.onEvent = (event) => {
        for (const worker of this.#workers) if (worker.member === member) worker.hear(event);
      };
      member.onLost = (error) => {
        // No result comes of what is left.
        for (const worker of this.#workers) worker.fail(error);
      };
    }
  }

  readonly #of = (part: Member['part']): readonly Member[] =>
    this.#members.filter((member) => member.part === part);

  readonly openPath = (): Promise<Path> => {
    const [server] = this.#of('server');
    assert(server !== undefined, 'there is an agent with a server');
    const { address } = server.announcement;
    return Promise.resolve({
      keepsBytes: true,
      pids: [],
      serverHost: address,
      clientHost: address,
      isOnHostNetwork: false,
      withinServer: [],
      withinClient: [],
      connect: (serverPort) => Promise.resolve(serverPort),
      start: () => {},
      tally: () => Promise.resolve(undefined),
      [Symbol.asyncDispose]: async () => await this.#end(),
    });
  };

  async #end(): Promise<void> {
    clearInterval(this.#silence);
    await Promise.allSettled(
      this.#members.map(async (member) => await member.order<'end-trial'>({ kind: 'end-trial' })),
    );
    for (const member of this.#members) {
      member.epochNs = undefined;
      member.onEvent = undefined;
      member.onLost = undefined;
    }
  }

  readonly startProcesses: SiteTrial['startProcesses'] = async (
    planned,
    { stampsFileOf },
    counts,
  ): Promise<TrialGroups> => {
    const servers = this.#of('server');
    const loads = this.#of('load');
    const transport = planned.arm.transport;
    const serverWorkers = await this.#startEach(servers, counts.servers, {
      schema: fromServerSchema,
      program: 'server',
      name: `${transport} server`,
      stampsFileOf: (index) => stampsFileOf('server', index),
    });
    const clientWorkers = await this.#startEach(loads, counts.clients, {
      schema: fromClientSchema,
      program: 'load',
      name: `${transport} client`,
      stampsFileOf: (index) => stampsFileOf('client', index),
    });
    return {
      servers: new ProcessGroup(serverWorkers),
      clients: new ProcessGroup(clientWorkers),
    };
  };

  async #startEach<In extends { kind: string }>(
    members: readonly Member[],
    count: number,
    kind: Pick<StartProcess, 'program' | 'name'> & {
      readonly schema: Parameters<typeof RemoteWorker.start<In>>[0]['schema'];
      readonly stampsFileOf: (index: number) => string;
    },
  ): Promise<readonly RemoteWorker<In>[]> {
    const { planned, keepStamps } = this.#options;
    const first = this.#workers.length;
    const workers = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const member = members[index % members.length];
        assert(member !== undefined, 'there are agents of both kinds');
        return await RemoteWorker.start<In>({
          member,
          schema: kind.schema,
          correct: (columns) => this.#clocks.correct(member, columns),
          stampsFile: keepStamps ? kind.stampsFileOf(index) : undefined,
          order: {
            kind: 'start-process',
            process: first + index,
            program: kind.program,
            name: count === 1 ? kind.name : `${kind.name} ${index + 1}`,
            place: placeOf(members, index),
            setup: planned.setup,
          },
        });
      }),
    );
    this.#workers.push(...workers);
    return workers;
  }

  readonly hostOf = (index: number): string | undefined => {
    const servers = this.#of('server');
    return servers[index % servers.length]?.announcement.address;
  };

  readonly reader: SiteTrial['reader'] = ({ servers }, clock) =>
    readAgents(
      {
        members: this.#members,
        serverOf: servers.workers.map(processOf).map(({ member }) => member),
        epochOf: (member) => this.#clocks.epochOf(member),
        ownBootId: readBootId(),
        watched: this.#watched,
      },
      clock,
    );

  readonly start = async ({ clients, ready, windowEndNs }: ReadyTrial): Promise<StartedSite> => {
    for (const [index, { timeNamespace }] of ready.entries())
      checkTimeNamespace(processOf(clients.workers[index]).member, timeNamespace);
    const epochNs = await this.#clocks.agree(START_LEAD_NS);
    for (const member of this.#members) member.epochNs = epochNs;
    await Promise.all(
      this.#workers.map(async (worker) => {
        const epochOfAgent = this.#clocks.epochOf(worker.member);
        const hadAtNs = await worker.tell({ kind: 'start', epochNs: String(epochOfAgent) });
        this.#clocks.noteStart(worker.member, Number(epochOfAgent - hadAtNs));
      }),
    );
    this.#watchSilence(clients, epochNs + BigInt(Math.ceil(windowEndNs)));
    return {
      epochNs,
      prove: async (counted) => {
        clearInterval(this.#silence);
        const clocks = await this.#clocks.prove();
        return {
          clock: clocks.proof,
          agents: sharesOf(this.#members, clocks, counted),
          tracers: this.#watched.tracers,
        };
      },
    };
  };

  /** The second source, besides the heartbeat of the agent: its load processes say their progress. */
  #watchSilence({ workers }: ReadyTrial['clients'], windowEndsAt: bigint): void {
    const loads = workers.map(processOf);
    this.#silence = setInterval(() => {
      // Then they may be over, one before the other.
      if (process.hrtime.bigint() > windowEndsAt) {
        clearInterval(this.#silence);
        return;
      }
      for (const worker of loads)
        if (worker.silentMs > SILENT_MS)
          worker.member.lose(
            `its load process said nothing for ${(worker.silentMs / 1000).toFixed(1)} s`,
          );
    }, CHECK_MS);
  }
}

function processOf(worker: object | undefined): ProcessOfAgent {
  assert(worker instanceof RemoteWorker, 'all workers of the trial are processes of agents');
  return worker;
}

/** Index among the processes of its kind on its machine. */
function placeOf(members: readonly Member[], index: number): number {
  const machineOf = (at: number): string => {
    const { bootId, id } = members[at % members.length]?.announcement ?? { bootId: '', id: '' };
    return bootId === '' ? id : bootId;
  };
  let place = 0;
  for (let before = 0; before < index; before++)
    if (machineOf(before) === machineOf(index)) place++;
  return place;
}

function checkTimeNamespace(member: Member, timeNamespace: string): void {
  const { name, timeNamespace: own } = member.announcement;
  if (own !== timeNamespace)
    throw new BenchError('CLOCK', `agent ${name} and its processes do not read one clock`, {
      hint: 'run both in one time namespace',
    });
}
