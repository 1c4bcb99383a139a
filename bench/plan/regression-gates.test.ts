import { describe, expect, it } from 'vitest';
import { steadyMetrics as metrics } from '../analysis/metrics/steady.ts';
import { parseRegressionGates } from './regression-gates.ts';

const parsed = (...texts: string[]) =>
  parseRegressionGates(texts).map(({ metric, margin }) => [metric?.id, margin]);

describe('--fail-if-worse', () => {
  it('without a metric is a share of the old value, for all of them', () => {
    expect(parsed('5%')).toEqual([[undefined, { kind: 'share', share: 0.05 }]]);
    expect(parsed('2.5 %')).toEqual([[undefined, { kind: 'share', share: 0.025 }]]);
    expect(parsed('0%')).toEqual([[undefined, { kind: 'share', share: 0 }]]);
  });

  it.each([
    ['delivery.p99:7%', 'delivery.p99', { kind: 'share', share: 0.07 }],
    ['delivery.p99:2ms', 'delivery.p99', { kind: 'amount', amount: 2e6 }],
    [' delivery.p99 : 250us ', 'delivery.p99', { kind: 'amount', amount: 250e3 }],
    ['cpu.server.token:1µs', 'cpu.server.token', { kind: 'amount', amount: 1000 }],
    ['memory.uss:4KiB', 'memory.uss', { kind: 'amount', amount: 4096 }],
    ['bytes.token:0.5B', 'bytes.token', { kind: 'amount', amount: 0.5 }],
    ['elu.server:5pp', 'elu.server', { kind: 'amount', amount: 0.05 }],
    ['rate:100 tokens/s', 'rate', { kind: 'amount', amount: 100 }],
  ])('%s is read', (text, metric, margin) => expect(parsed(text)).toEqual([[metric, margin]]));

  it('of one metric may stand beside the one for all', () => {
    expect(parsed('5%', 'delivery.p99:20%').map(([metric]) => metric)).toEqual([
      undefined,
      'delivery.p99',
    ]);
  });

  it.each([
    ['5', 'a share such as 5%'],
    ['2ms', 'delivery.p99:2ms'],
    ['', 'a share such as 5%'],
    ['-5%', 'a share such as 5%'],
    [':5%', '[metric:]margin'],
    ['delivery.p99:', 'margin : expected a duration with its unit'],
    ['delivery.p99:2', 'a duration with its unit'],
    ['delivery.p99:2KiB', 'a duration with its unit'],
    ['delivery.p99:5%%', 'a duration with its unit'],
    ['memory.uss:2ms', 'a size with its unit'],
    ['bytes.token:1ms', 'an amount in B'],
    ['elu.server:0.05', 'an amount in pp'],
  ])('%j is refused with flag, text and what is wanted', (text, wanted) => {
    expect(() => parsed(text)).toThrow(`--fail-if-worse ${text}: `);
    expect(() => parsed(text)).toThrow(wanted);
  });

  it('of an unknown metric names the near one', () => {
    expect(() => parsed('delivery:5%')).toThrow(
      '--fail-if-worse delivery:5%: there is no metric "delivery"; did you mean delivery.p50?',
    );
  });

  it.each(metrics.filter(({ better }) => better === 'neither').map(({ id }) => id))(
    'is refused for %s, of which neither more nor less is worse',
    (id) => {
      expect(() => parsed(`${id}:5%`)).toThrow(
        `--fail-if-worse ${id}:5%: neither more nor less of ${id} is worse`,
      );
    },
  );

  it('given twice for the same metric, or twice for all, is refused', () => {
    expect(() => parsed('delivery.p99:5%', 'delivery.p99:2ms')).toThrow(
      'one margin for delivery.p99',
    );
    expect(() => parsed('5%', '10%')).toThrow('one margin for all metrics');
  });
});
