import { describe, expect, it } from 'vitest';
import type { Arm } from '../contract/arms/arms.ts';
import { transportIds } from '../contract/arms/transports.ts';
import {
  absences,
  handshakesFirst,
  librariesThatWrite,
  transportIdsOf,
  transportsOf,
} from './mechanisms.ts';
import { fullAnalysis } from './report-fixture.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { streamParts } from '../scenarios/stream/parts.ts';
import { renderAsymmetries } from './sections/asymmetries.ts';
import { renderLimits } from './sections/reading.ts';

const sse: Arm = { transport: 'sse', client: 'probe', path: 'direct' };
const ws: Arm = { ...sse, transport: 'ws' };
const tcp: Arm = { ...sse, transport: 'tcp' };

const consequence = 'It matters.';

it('transports come in the order of their table, each once', () => {
  expect(transportIdsOf([tcp, ws, sse, ws])).toEqual(['sse', 'ws', 'tcp']);
  expect(handshakesFirst(transportsOf([sse, ws, tcp])).map(({ title }) => title)).toEqual([
    'WebSocket',
    'SSE',
    'TCP (null arm)',
  ]);
});

describe('what did not take part', () => {
  it('is all of it where arms talk over loopback', () => {
    expect(absences([sse, ws], { consequence })).toEqual([
      'No TLS, no HTTP/2, no compression and no proxy took part. It matters.',
    ]);
  });

  it('is no proxy only where none stood between, in any arm', () => {
    const relayed: Arm = { ...ws, path: 'relay' };
    expect(absences([sse, relayed], { consequence })).toEqual([
      'No TLS, no HTTP/2 and no compression took part, and the only proxy is a relay of the harness. It matters.',
    ]);
    expect(absences([relayed], { consequence, proxies: ['nginx'] })).toEqual([
      'No TLS, no HTTP/2 and no compression took part, and the only proxies are a relay of the harness and nginx. It matters.',
    ]);
  });
});

it('a library is named for when it sends only where it sends as it does by itself', () => {
  expect(librariesThatWrite('corked', [sse, ws])).toEqual(['node:http']);
  expect(librariesThatWrite('at-once', [sse, ws, tcp])).toEqual(['ws']);
  expect(librariesThatWrite('corked', [{ ...sse, writes: 'at-once' }, ws])).toEqual([]);
});

function reportOf(arms: readonly Arm[]): string {
  const full = fullAnalysis();
  const analysis = { ...full, plan: { ...full.plan, arms: [...arms] } };
  const report = { analysis, metrics: [], parts: streamParts };
  return renderMarkdown([...renderAsymmetries(report), ...renderLimits(report)]);
}

describe('a report says nothing of transports that took no part', () => {
  it('SSE alone', () => {
    const text = reportOf([sse, { ...sse, client: 'library' }]);
    expect(text).not.toMatch(/WebSocket|\bws\b/);
    expect(text).toContain('It is not about Server-Sent Events in general.');
  });

  it('WebSocket and the null arm', () => {
    const text = reportOf([ws, tcp]);
    expect(text).not.toMatch(/SSE|Server-Sent|node:http/);
    expect(text).toContain('It is not about WebSocket in general.');
    expect(text).toContain('The null arm has no HTTP at all');
  });

  it('nor of a default that no arm had', () => {
    expect(reportOf([sse, ws])).toContain('node:http holds what is written in a turn');
    expect(reportOf([{ ...sse, writes: 'at-once' }, ws])).not.toContain(
      'node:http holds what is written in a turn',
    );
  });
});

it('transports that have something in common share its sentence', () => {
  const arms = transportIds.map((transport): Arm => Object.assign({}, sse, { transport }));
  const sentences = reportOf(arms)
    .split(/(?<=[.:])\s+/)
    .filter((sentence) => sentence.length > 40);
  expect(new Set(sentences).size).toBe(sentences.length);
});
