import { DEFAULT_LONG_OUTAGE_NS, faultNames } from '../../contract/faults.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { undivided, type Scenario } from '../scenario.ts';

/**
 * A few streams and one fault a trial. Its trials wait most of the time, so several run in
 * parallel.
 */
export const reconnect = {
  name: 'reconnect',
  question:
    'What does each fault do to the streams of each transport: how soon is it noticed, how soon are they back, and what is lost?',
  summary:
    'streams whose connections break in many ways: detection, time to resumed stream, tokens lost and repeated',
  flags: {
    canary: { refuses: 'its servers are broken on purpose' },
    ...undivided,
  },
  needs: ['single-streams', 'own-sockets', 'incremental', 'own-connections'],
  procedure: 'fault',
  breaks: {
    transports: ['sse', 'ws'],
    faults: faultNames,
    policies: ['identical'],
    tokensPerSecond: 10,
    warmupNs: 800 * NS_PER_MS,
    beforeFaultNs: 700 * NS_PER_MS,
    sizes: {
      smoke: {
        connections: [20],
        blocks: 1,
        lanes: 6,
        longOutageNs: 15 * NS_PER_S,
        verdicts: false,
      },
      quick: {
        connections: [100],
        blocks: 3,
        lanes: 6,
        longOutageNs: 15 * NS_PER_S,
        verdicts: true,
      },
      standard: {
        connections: [100],
        blocks: 11,
        lanes: 4,
        longOutageNs: DEFAULT_LONG_OUTAGE_NS,
        verdicts: true,
      },
      publication: {
        connections: [100],
        blocks: 20,
        lanes: 2,
        longOutageNs: DEFAULT_LONG_OUTAGE_NS,
        verdicts: true,
      },
    },
  },
} as const satisfies Scenario;
