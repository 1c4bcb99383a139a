import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadyMetrics as metrics } from '../analysis/metrics/steady.ts';
import { thresholdOperators } from '../analysis/thresholds.ts';
import { parseThreshold } from './thresholds.ts';

const arms = ['sse', 'ws/library', 'sse@relay+stall'];

describe('a threshold', () => {
  it.each([
    ['delivery.p99 > 50ms', { metric: 'delivery.p99', operator: '>', limit: 50e6 }],
    ['delivery.p99>50ms', { metric: 'delivery.p99', operator: '>', limit: 50e6 }],
    ['  delivery.p50   >=  0.5 ms ', { metric: 'delivery.p50', operator: '>=', limit: 500_000 }],
    ['delivery.p99 > 4.1ms', { metric: 'delivery.p99', operator: '>', limit: 4_100_000 }],
    ['open.p50 > 700us', { metric: 'open.p50', operator: '>', limit: 700_000 }],
    ['open.p50 > 700µs', { metric: 'open.p50', operator: '>', limit: 700_000 }],
    ['e2e.p50 > 2s', { metric: 'e2e.p50', operator: '>', limit: 2e9 }],
    ['ttft.overhead.p50 < -1ms', { metric: 'ttft.overhead.p50', operator: '<', limit: -1e6 }],
    ['cpu.server.token > 30us', { metric: 'cpu.server.token', operator: '>', limit: 30_000 }],
    ['bytes.token > 40B', { metric: 'bytes.token', operator: '>', limit: 40 }],
    ['memory.pss > 20KiB', { metric: 'memory.pss', operator: '>', limit: 20_480 }],
    ['memory.pss > 20kb', { metric: 'memory.pss', operator: '>', limit: 20_000 }],
    ['elu.server > 57%', { metric: 'elu.server', operator: '>', limit: 0.57 }],
    ['elu.server >= 0.6', { metric: 'elu.server', operator: '>=', limit: 0.6 }],
    ['rate < 1900', { metric: 'rate', operator: '<', limit: 1900 }],
    ['coalescing <= 1.5', { metric: 'coalescing', operator: '<=', limit: 1.5 }],
  ])('%s is read', (text, expected) =>
    expect(parseThreshold(text, arms)).toEqual({ text, arm: undefined, ...expected }),
  );

  it.each(arms)('may be of the arm %s alone', (arm) => {
    expect(parseThreshold(`${arm}:delivery.p99 > 50ms`, arms)).toMatchObject({
      arm,
      metric: 'delivery.p99',
    });
    expect(parseThreshold(`${arm} : delivery.p99 > 50ms`, arms).arm).toBe(arm);
  });

  it.each([
    '',
    'delivery.p99',
    'delivery.p99 50ms',
    'delivery.p99 = 50ms',
    'delivery.p99 == 50ms',
    'delivery.p99 > ',
    '> 50ms',
    '50ms < ',
    'x:y:z > 1',
  ])('"%s" is none, and the error shows one', (text) => {
    expect(() => parseThreshold(text, arms)).toThrow(
      `--fail-if ${text}: expected [arm:]metric, one of >= <= > <, and a limit, such as delivery.p99 > 50ms`,
    );
  });

  it.each([
    ['delivery.p99 > 50', 'a limit of delivery.p99 in ns, us, µs, ms or s, not 50'],
    ['delivery.p99 > 5%', 'in ns, us, µs, ms or s, not 5%'],
    ['bytes.token > 40ms', 'in B, not 40ms'],
    ['memory.pss > 20', 'in B, kB, KiB, MB or MiB, not 20'],
    ['elu.server > 50ms', 'in % or as a plain number, not 50ms'],
    ['rate < 5%', 'as a plain number, not 5%'],
  ])('%s is refused with the units that fit', (text, message) => {
    expect(() => parseThreshold(text, arms)).toThrow(message);
    expect(() => parseThreshold(text, arms)).toThrow(
      expect.objectContaining({ code: 'USAGE' }) as Error,
    );
  });

  it('of a metric that does not exist names the flag, the text, a near metric and the known ones', () => {
    expect(() => parseThreshold('delivery > 50ms', arms)).toThrow(
      '--fail-if delivery > 50ms: there is no metric "delivery"; did you mean delivery.p50?',
    );
    expect(() => parseThreshold('latency > 50ms', arms)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        hint: expect.stringContaining('delivery.p99') as string,
      }) as Error,
    );
  });

  it('of an arm that is not in the plan names the known arms', () => {
    expect(() => parseThreshold('quic:delivery.p99 > 50ms', arms)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        message: '--fail-if quic:delivery.p99 > 50ms: there is no arm "quic"',
        hint: 'known: sse, ws/library, sse@relay+stall',
      }) as Error,
    );
  });

  it('is read as it was written, whatever its spaces', () => {
    const units: Record<string, readonly (readonly [string, number])[]> = {
      ns: [
        ['ns', 1],
        ['us', 1e3],
        ['ms', 1e6],
        ['s', 1e9],
      ],
      'ns/token': [['us', 1e3]],
      bytes: [
        ['B', 1],
        ['KiB', 1024],
      ],
      'bytes/token': [['B', 1]],
      ratio: [
        ['%', 0.01],
        ['', 1],
      ],
      'tokens/s': [['', 1]],
      'tokens/read': [['', 1]],
      'calls/token': [['', 1]],
      'segments/token': [['', 1]],
      count: [['', 1]],
    };
    const expression = fc.constantFrom(...metrics).chain((metric) =>
      fc.record({
        metric: fc.constant(metric.id),
        arm: fc.option(fc.constantFrom(...arms), { nil: undefined }),
        operator: fc.constantFrom(...thresholdOperators),
        thousandths: fc.integer({ min: -1e9, max: 1e9 }),
        unit: fc.constantFrom(...units[metric.unit]!),
        spaces: fc.array(fc.constantFrom('', ' ', '  '), { minLength: 4, maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(
        expression,
        ({ metric, arm, operator, thousandths, unit: [unit, size], spaces: [a, b, c, d] }) => {
          const text = `${arm === undefined ? '' : `${arm}${a}:${a}`}${metric}${b}${operator}${c}${thousandths / 1000}${d}${unit}`;
          const { limit, ...rest } = parseThreshold(text, arms);
          expect(rest).toEqual({ text, arm, metric, operator });
          const expected = (thousandths / 1000) * size;
          // The limit keeps 15 significant digits.
          expect(Math.abs(limit - expected)).toBeLessThanOrEqual(Math.abs(expected) * 1e-14);
        },
      ),
    );
  });
});
