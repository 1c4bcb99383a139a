// Known effects that are counted: bytes, memory, lost and damaged tokens, and a load generator that
// cannot keep up.

import { amount } from '../analysis/amounts.ts';
import { armName } from '../contract/arms/arms.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { KIB, NS_PER_US } from '../contract/units.ts';
import { metricOf, type Experiment, type MeasuredExperiment } from './experiment.ts';
import { compare, countsExactly, isUntouched, recovers, type Finding } from './finding.ts';

const PADDING_BYTES = 16;
const DAMAGE_EVERY = 200;
const UNDECLARED_EVERY = 100;
const RETAINED_BYTES = 20 * KIB;
/** With 50 connections of 20 tokens/s: nine tenths of one CPU. */
const SLOW_CLIENT_NS = 900 * NS_PER_US;

function sum(
  measured: MeasuredExperiment,
  label: string,
  of: (trial: CompletedTrial) => number | undefined,
): number | undefined {
  const values = measured.completed(label).map(of);
  return values.length === 0 || values.includes(undefined)
    ? undefined
    : values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function damageFinding(
  measured: MeasuredExperiment,
  injected: string,
  found: 'lost' | 'duplicated' | 'corrupt',
): Finding {
  return countsExactly(`tokens ${injected}`, {
    expected: sum(measured, 'damage', ({ server }) => server.injected?.[injected] ?? 0) ?? 0,
    found: sum(measured, 'damage', ({ client }) => client[found]),
  });
}

/** Checks the verdicts of the run as a whole on the arm's endpoints. */
function verdictFinding(
  measured: MeasuredExperiment,
  label: string,
  kind: 'invalid' | 'harness-limited',
): Finding {
  const { arm } = measured.arm(label);
  const comparisons = measured.analysis.loadPoints
    .flatMap(({ comparisons: all }) => all)
    .filter(({ otherArm, endpoint }) => otherArm === armName(arm) && endpoint !== undefined);
  // An endpoint for which a short trial has too few samples has no verdict either way.
  const kinds = [...new Set(comparisons.map(({ verdict }) => verdict.kind))].filter(
    (one) => one !== 'not-measured',
  );
  return {
    subject: 'verdicts on every endpoint',
    expected: kind.toUpperCase(),
    found: kinds.length === 0 ? 'none' : kinds.join(', ').toUpperCase(),
    outcome: kinds.length === 1 && kinds[0] === kind ? 'passed' : 'failed',
  };
}

function gateFinding(measured: MeasuredExperiment, label: string, id: string): Finding {
  const gates = measured
    .arm(label)
    .completed.flatMap((trial) => trial.gates.filter((gate) => gate.id === id));
  const missed = gates.filter(({ ok }) => !ok).length;
  const [gate] = gates;
  const worst = Math.max(...gates.flatMap(({ value }) => value ?? []));
  return {
    subject: gate === undefined ? `gate ${id}` : `gate ${id}, ${gate.title}`,
    expected: gate === undefined ? 'missed' : `missed, above ${amount(gate.limit, gate.unit)}`,
    found:
      gates.length === 0
        ? 'not checked'
        : `missed in ${missed} of ${gates.length} trials, ${amount(worst, gates[0]?.unit ?? '')}`,
    outcome: gates.length > 0 && missed === gates.length ? 'passed' : 'failed',
  };
}

export const exact: Experiment = {
  id: 'exact',
  isRobust: true,
  flags: { warmup: '500ms', duration: '1s', connections: '50', blocks: '2' },
  arms: [
    { label: 'padding', injection: { kind: 'padding', bytes: PADDING_BYTES } },
    { label: 'damage', injection: { kind: 'damage', every: DAMAGE_EVERY } },
    { label: 'undeclared', injection: { kind: 'undeclared', every: UNDECLARED_EVERY } },
  ],
  checks: [
    {
      id: 'padding',
      title: 'each payload is longer',
      injected: '+16 B a token',
      explanation: 'Bytes are counted, not sampled: the difference must be exact.',
      judge: (measured) => [paddingFinding(measured)],
    },
    {
      id: 'damage',
      title: 'tokens are lost, sent twice, altered',
      injected: 'one in 200 of each',
      explanation:
        'The server counts what it does; the client, which was told nothing, must count the same.',
      judge: (measured) => [
        damageFinding(measured, 'dropped', 'lost'),
        damageFinding(measured, 'duplicated', 'duplicated'),
        damageFinding(measured, 'corrupted', 'corrupt'),
        verdictFinding(measured, 'damage', 'invalid'),
      ],
    },
    {
      id: 'undeclared',
      title: 'the server sends bytes that nobody was told of',
      injected: 'comments or pongs',
      explanation:
        'They change no token, so only the byte model, which knows every byte of the protocol, can notice.',
      judge: (measured) => [
        countsExactly('bytes beside the byte model', {
          expected:
            sum(
              measured,
              'undeclared',
              ({ server }) => server.injected?.['undeclaredBytes'] ?? 0,
            ) ?? 0,
          found: sum(
            measured,
            'undeclared',
            ({ gates }) => gates.find(({ id }) => id === 'C2')?.value,
          ),
        }),
        verdictFinding(measured, 'undeclared', 'invalid'),
      ],
    },
  ],
};

/** Compares within each block, because the tokens of a block are the same in both arms. */
function paddingFinding(measured: MeasuredExperiment): Finding {
  const { pairs } = compare(metricOf('bytes.token'), measured.pair('padding'));
  const differences = [
    ...new Set(pairs.map((pair) => Number((pair.other - pair.baseline).toFixed(6)))),
  ];
  return {
    subject: metricOf('bytes.token').title,
    expected: `+${PADDING_BYTES} exactly`,
    found: differences.map((difference) => `+${difference}`).join(', '),
    outcome: differences.length === 1 && differences[0] === PADDING_BYTES ? 'passed' : 'failed',
  };
}

export const memory: Experiment = {
  id: 'memory',
  isRobust: true,
  // Many streams and few tokens, so that the heap's own ups and downs are small beside what is
  // retained; no stream ends before the memory is read, because memory freed then may stay with the
  // process for a while.
  flags: {
    connections: '1000',
    rate: '8',
    tokens: '100000',
    warmup: '2s',
    duration: '1s',
    blocks: '6',
  },
  arms: [{ label: 'retained', injection: { kind: 'retained', bytesPerStream: RETAINED_BYTES } }],
  checks: [
    {
      id: 'memory',
      title: 'the server keeps a buffer for each stream',
      injected: '+20 KiB a stream',
      explanation: 'Private memory of the server process over 1,000 open streams.',
      judge: (measured) => [
        // The allocator's overhead per buffer, and the difference between the heaps of two
        // processes, are not known better.
        recovers({
          metric: metricOf('memory.uss'),
          ...measured.pair('retained'),
          by: RETAINED_BYTES,
          uncertainty: 0.1,
        }),
        isUntouched({ metric: metricOf('bytes.token'), ...measured.pair('retained') }),
      ],
    },
  ],
};

export const slowClient: Experiment = {
  id: 'client',
  isRobust: true,
  flags: { warmup: '500ms', duration: '1s', connections: '50', blocks: '2' },
  arms: [{ label: 'slow client', injection: { kind: 'slow-client', spinNs: SLOW_CLIENT_NS } }],
  checks: [
    {
      id: 'slow-client',
      title: 'the load generator is starved',
      injected: '900 µs of work a token',
      explanation:
        'What a client that is nearly saturated measures is itself, so no verdict may be given.',
      judge: (measured) => [
        gateFinding(measured, 'slow client', 'H2'),
        verdictFinding(measured, 'slow client', 'harness-limited'),
      ],
    },
  ],
};
