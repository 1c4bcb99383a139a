import { DEFAULT_LONG_OUTAGE_NS } from '../../contract/faults.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { undivided, type Scenario } from '../scenario.ts';

/** Many clients lose their server at once, and all reconnect to its replacement. */
export const herd = {
  name: 'herd',
  question:
    'When a server with many clients dies and another takes its place, how long until they are all back, and what does that cost it?',
  summary:
    'many clients lose their server at once: recovery curve, attempts, accepts, listen queue, under both reconnect policies',
  flags: {
    faults: 'sets',
    canary: { refuses: 'its server is replaced' },
    ...undivided,
  },
  needs: ['single-streams', 'own-sockets', 'incremental', 'own-connections'],
  procedure: 'fault',
  breaks: {
    transports: ['sse', 'ws'],
    faults: ['kill'],
    policies: ['identical', 'as-specified'],
    tokensPerSecond: 2,
    warmupNs: 1500 * NS_PER_MS,
    beforeFaultNs: 1000 * NS_PER_MS,
    sizes: {
      smoke: {
        connections: [100],
        blocks: 1,
        lanes: 1,
        longOutageNs: DEFAULT_LONG_OUTAGE_NS,
        verdicts: false,
      },
      quick: {
        connections: [500],
        blocks: 2,
        lanes: 1,
        longOutageNs: DEFAULT_LONG_OUTAGE_NS,
        verdicts: true,
      },
      standard: {
        connections: [500, 2000],
        blocks: 7,
        lanes: 1,
        longOutageNs: DEFAULT_LONG_OUTAGE_NS,
        verdicts: true,
      },
      publication: {
        connections: [500, 2000, 5000],
        blocks: 12,
        lanes: 1,
        longOutageNs: DEFAULT_LONG_OUTAGE_NS,
        verdicts: true,
      },
    },
  },
} as const satisfies Scenario;
