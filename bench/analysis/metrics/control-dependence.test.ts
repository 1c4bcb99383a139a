import { expect, it } from 'vitest';
import { armControlIds, dependsOnControl, type ControlDependence } from './control-dependence.ts';
import { isVoidedBy } from './metric.ts';
import { steadyMetrics } from './steady.ts';

const gates = [...armControlIds, 'H9'] as const;

/** The gates that void a metric, by its id. */
function voidingOf(id: string): readonly string[] {
  const metric = steadyMetrics.find((one) => one.id === id)!;
  return [...gates, 'H2'].filter((gate) => isVoidedBy(metric, gate));
}

const all = [...gates, 'H2'];

it.each<[string, readonly string[]]>([
  ['delivery.p50', all],
  ['delivery.p99', all],
  ['delivery.ready.p50', all],
  ['ttft.overhead.p50', all],
  ['icl.p50', all],
  ['e2e.p50', all],
  ['cpu.server.token', ['H9period', 'H9tokens', 'H9starts', 'H9', 'H2']],
  ['coalescing', ['H9period', 'H9tokens', 'H9starts', 'H9', 'H2']],
  ['calls.server.token', ['H9period', 'H9tokens', 'H9starts', 'H9', 'H2']],
  ['bytes.token.wire', ['H9period', 'H9tokens', 'H9starts', 'H9', 'H2']],
  ['open.p50', ['H9starts', 'H2']],
  ['memory.uss', ['H9starts', 'H2']],
  ['bytes.token.tcp', ['H2']],
  ['bytes.token', []],
  ['bytes.payload', []],
  ['bytes.token.without-id', []],
])('%s is voided by %j', (id, expected) => {
  expect(voidingOf(id)).toEqual(expected);
});

it('a metric that names no row depends on every control, and on the one that earlier runs had', () => {
  expect(gates.filter((gate) => dependsOnControl({}, gate))).toEqual(gates);
});

it.each<[ControlDependence, boolean]>([
  ['latency', true],
  ['batching', true],
  ['load', false],
  ['nothing', false],
])('lateness, the control of earlier runs, bears on %s: %s', (controls, expected) => {
  expect(dependsOnControl({ controls }, 'H9')).toBe(expected);
});
