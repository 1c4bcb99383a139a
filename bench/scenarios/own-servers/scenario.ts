import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { undivided, type Scenario } from '../scenario.ts';

const common = { burnInBlocks: 1, warmupNs: 500 * NS_PER_MS, verdicts: true } as const;

/** Streams that may be open at a time: a start beyond it is left out, and the gate says so. */
const MOST_OPEN = [100];

const OWN_SERVER = { refuses: 'its servers are not this project’s' };
const OWN_TEXT = { refuses: 'its servers decide what they stream' };

/** Servers of the user's own, each an arm. */
export const ownServers = {
  name: 'own-servers',
  question:
    'Which of these servers streams sooner, steadier and cheaper, and is each stream whole?',
  summary:
    'servers of your own, each an arm: opening, the four firsts, gaps, whole streams; --target NAME=URL or a file',
  flags: {
    target: 'takes',
    dialect: 'takes',
    method: 'takes',
    header: 'takes',
    data: 'takes',
    message: 'takes',
    model: 'takes',
    prompts: 'takes',
    timeout: 'takes',
    record: 'takes',
    transports: { refuses: 'its arms are its targets' },
    client: { refuses: 'one engine reads all targets' },
    tls: { refuses: 'a target’s URL says so' },
    path: {
      refuses: 'path in a target file says what stands before a target, or its URL leads there',
    },
    workload: OWN_TEXT,
    tokens: OWN_TEXT,
    payload: OWN_TEXT,
    source: OWN_TEXT,
    stamps: { refuses: 'no server of ours takes stamps' },
    backpressure: OWN_SERVER,
    port: OWN_SERVER,
    canary: OWN_SERVER,
    ...undivided,
  },
  needs: [],
  procedure: 'target',
  hasTargets: true,
  measures: {
    transports: [],
    workload: {},
    sizes: {
      smoke: {
        ...common,
        connections: MOST_OPEN,
        blocks: 2,
        burnInBlocks: 0,
        windowNs: NS_PER_S,
        verdicts: false,
      },
      quick: { ...common, connections: MOST_OPEN, blocks: 12, windowNs: 2 * NS_PER_S },
      standard: {
        ...common,
        connections: MOST_OPEN,
        blocks: 20,
        warmupNs: NS_PER_S,
        windowNs: 6 * NS_PER_S,
      },
      publication: {
        ...common,
        connections: MOST_OPEN,
        blocks: 30,
        warmupNs: NS_PER_S,
        windowNs: 10 * NS_PER_S,
      },
    },
    loadPoints: (connections) => connections.map((count) => ({ connections: count })),
  },
} as const satisfies Scenario;
