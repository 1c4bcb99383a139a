import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { planSearch, type SearchSize } from './objectives.ts';
import type { PresetName } from '../../plan/presets.ts';
import { followUp } from './follow-up.ts';
import type { Scenario } from '../scenario.ts';

const searches: Record<PresetName, SearchSize> = {
  smoke: { width: 0.1, stepsPerLoad: 1, curveLoads: 2 },
  // One step a load with a window of 2 s: three of 1 s would cost half as much again in processes
  // and warm-up.
  quick: { width: 0.1, stepsPerLoad: 1, curveLoads: 4 },
  standard: { width: 0.05, stepsPerLoad: 3, curveLoads: 10 },
  publication: { width: 0.05, stepsPerLoad: 3, curveLoads: 10 },
};

/**
 * One trial measures the reference load, then searches for the most streams at which the objectives
 * hold: both are its data.
 */
export const capacity = {
  name: 'capacity',
  question:
    'How many streams does one server process carry at the objective, what fails first beyond, and how does latency grow on the way?',
  summary:
    'search for the most streams at an objective (--slo), load–latency curve, proof that the client suffices',
  flags: {
    slo: 'takes',
    // Each of its trials is many steady ones: only a run that is about them keeps so many stamps.
    stamps: 'alone',
    canary: {
      refuses:
        'each of its trials is many steady ones, and this would ask for two more seconds at each',
    },
  },
  needs: ['single-streams', 'own-sockets', 'told-attempts', 'incremental'],
  procedure: 'search',
  followUp,
  measures: {
    transports: ['sse', 'ws'],
    // Fast streams: as many tokens need fewer connections, so that opening them is less of a storm
    // before a short window.
    workload: { tokensPerSecond: 50 },
    // The connections are the upper limit of a search: more than any process carries at this rate,
    // and few enough for common limits of ports and descriptors.
    sizes: {
      smoke: {
        connections: [400],
        blocks: 1,
        burnInBlocks: 0,
        warmupNs: 500 * NS_PER_MS,
        windowNs: 1 * NS_PER_S,
        verdicts: false,
      },
      // With two endpoints, six blocks could not support even the clearest difference in either.
      quick: {
        connections: [5000],
        blocks: 7,
        burnInBlocks: 1,
        warmupNs: 1 * NS_PER_S,
        windowNs: 2 * NS_PER_S,
        verdicts: true,
      },
      standard: {
        connections: [5000],
        blocks: 9,
        burnInBlocks: 1,
        warmupNs: 2 * NS_PER_S,
        windowNs: 5 * NS_PER_S,
        verdicts: true,
      },
      publication: {
        connections: [5000],
        blocks: 12,
        burnInBlocks: 1,
        warmupNs: 3 * NS_PER_S,
        windowNs: 10 * NS_PER_S,
        verdicts: true,
      },
    },
    loadPoints: (connections) => connections.map((most) => ({ connections: most, span: 'search' })),
    conditions: (flags, { preset, connections, workload, windowNs }) =>
      planSearch(flags, { connections, workload, windowNs, size: searches[preset] }),
  },
} as const satisfies Scenario;
