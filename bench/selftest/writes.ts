// Writes of a known cost, at about a tenth and a half of the capacity of a server that spends 200
// µs on each; and the fault that the negative controls must detect: a pacer whose turns are longer
// in the arm that writes within them.

import { quantileOf } from '../contract/distribution.ts';
import type { Injection } from '../contract/injection.ts';
import { NS_PER_US } from '../contract/units.ts';
import { mean } from '../analysis/statistics/moments.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import { metricOf, type Check, type Experiment, type MeasuredExperiment } from './experiment.ts';
import { controlsFind, isUntouched, recovers } from './finding.ts';

const SPIN_NS = 200 * NS_PER_US;
/** Each token costs some 30 µs more, so the capacity is about 4300 tokens/s. */
const TENTH = '22';
const HALF = '105';

/**
 * A token that is alone in its turn waits for no write before it, and some token always finds the
 * server idle.
 */
const readyMinimum: Metric = {
  id: 'ready.minimum',
  title: 'Ready to received, fastest token',
  unit: 'ns',
  better: 'lower',
  scale: 'difference',
  definition: 'c5 − s2′ of the fastest token',
  value: ({ distributions }) => quantileOf(distributions.readyToReceivedNs, 0),
};

/**
 * Duration of a spin by the server's own clock, ns: the shortest of each trial, averaged over the
 * arm.
 */
export function spunByServer(measured: MeasuredExperiment, label: string): number | undefined {
  const spunNs = measured
    .completed(label)
    .flatMap(({ server: { injected } }) => injected?.['shortestSpinNs'] ?? []);
  return spunNs.length === 0 ? undefined : mean(spunNs);
}

interface WriteCheck {
  readonly id: string;
  readonly share: string;
  readonly explanation: string;
  /** Controls between the arms that the cost of a write must not touch. */
  readonly controls: readonly string[];
}

function writeCheck({ id, share, explanation, controls }: WriteCheck): Check {
  return {
    id,
    title: `each write takes longer, at ${share} of the capacity`,
    injected: '+200 µs a write',
    explanation,
    judge: (measured) => {
      const pair = measured.pair('write');
      const by = spunByServer(measured, 'write');
      return [
        recovers({ metric: readyMinimum, ...pair, by }),
        recovers({ metric: metricOf('cpu.server.token'), ...pair, by }),
        ...controlsFind('alike', pair, controls),
        isUntouched({ metric: metricOf('bytes.token'), ...pair }),
      ];
    },
  };
}

const within: Injection = { kind: 'spin-before-write', spinNs: SPIN_NS };
const after: Injection = { kind: 'spin-before-write', spinNs: SPIN_NS, when: 'after-turn' };

const common = { warmup: '500ms', duration: '1s' };

export const writes: Experiment = {
  id: 'write',
  // The CPU time of a server that idles for nine tenths differs by up to a tenth between trials.
  flags: { ...common, connections: TENTH, blocks: '16' },
  arms: [{ label: 'write', injection: within }],
  checks: [
    writeCheck({
      id: 'write-tenth',
      share: 'a tenth',
      explanation:
        'The fastest token and the CPU time of each show the effect alone; the pacer must turn as before.',
      controls: ['H9period', 'H9tokens', 'H9starts'],
    }),
  ],
};

export const writesOfHalf: Experiment = {
  id: 'pacer',
  flags: { ...common, connections: HALF, blocks: '8' },
  only: 'ws',
  arms: [
    { label: 'write', injection: within },
    { label: 'write after', injection: after },
    { label: 'write, old pacer', injection: { ...within, pacer: 'armed-after' } },
    { label: 'write after, old pacer', injection: { ...after, pacer: 'armed-after' } },
  ],
  checks: [
    writeCheck({
      id: 'write-half',
      share: 'half',
      explanation:
        'The fastest token and the CPU time of each show the effect alone. The plain arm hardly works at this load, and a turn cannot begin while the one before it still writes: so' +
        ' the pacer is judged between arms that work as much, below.',
      controls: ['H9starts'],
    }),
    {
      id: 'pacer',
      title: 'one arm writes within the turn, one after it',
      injected: '200 µs a write in both',
      explanation:
        'When a transport writes is its own affair: turns must come as often in both arms, or what is compared is the pacer.',
      judge: (measured) => controlsFind('alike', betweenWrites(measured, '')),
    },
    {
      id: 'pacer-old',
      title: 'the same with the fault of earlier pacers',
      injected: 'timer armed after the turn',
      explanation:
        'A pacer that arms its timer after its turn adds what is written within the turn to its period: the controls must notice.',
      judge: (measured) =>
        controlsFind('not alike', betweenWrites(measured, ', old pacer'), [
          'H9period',
          'H9ready',
          'H9tokens',
        ]),
    },
  ],
};

function betweenWrites(
  measured: MeasuredExperiment,
  pacer: string,
): Parameters<typeof controlsFind>[1] {
  return { plain: measured.arm(`write after${pacer}`), injected: measured.arm(`write${pacer}`) };
}
