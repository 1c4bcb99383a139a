// The metrics of steady streams that apply when tokens are due together: the cost of a token, and its mechanism.

import type { MetricChoice } from './metric.ts';

export const burstChoice: MetricChoice = {
  ids: [
    'delivery.p50',
    'delivery.p99',
    'pacer.wait.p50',
    'delivery.ready.p50',
    'coalescing',
    'cpu.server.token',
    'cpu.client.token',
    'calls.server.token',
    'calls.client.token',
    'segments.token',
    'elu.server',
    'elu.client',
    'bytes.token',
    'bytes.payload',
    'bytes.framing',
    'bytes.id',
    'bytes.token.without-id',
    'bytes.token.tcp',
    'bytes.token.wire',
    'bytes.token.wire.without-id',
  ],
  endpoints: ['P3', 'P5'],
};
