import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { serversAnalysis, targetAnalysis } from './fixture.ts';
import { targetParts } from './parts.ts';
import { targetReading } from './reading.ts';

const { metrics } = targetReading;
const reportOf = (analysis = targetAnalysis()): string =>
  renderReport({ analysis, metrics, parts: targetParts }, { charts: [] });
const terminalOf = (analysis = targetAnalysis()): string =>
  renderTerminal(
    { analysis, metrics, parts: targetParts },
    { paint: plainPaint, reportPath: 'report.md' },
  );

it('the report on targets is the one that was read and approved', async () => {
  await expect(reportOf()).toMatchFileSnapshot('golden/target.md');
});

it('the terminal says what was read and approved, in at most 100 columns', async () => {
  const text = terminalOf();
  await expect(text).toMatchFileSnapshot('golden/target.txt');
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
});

it('a server 30 % slower is found, and its open latency is compared like all else', () => {
  const { comparisons } = targetAnalysis({ cut: 0 }).loadPoints[0]!;
  const verdicts = comparisons
    .filter(({ endpoint }) => endpoint !== undefined)
    .map(({ metric, verdict: { kind, favours } }) => [metric, kind, favours]);
  expect(verdicts).toContainEqual(['target.ttft.p50', 'better', 'fast']);
  expect(verdicts).toContainEqual(['target.total.p50', 'better', 'fast']);
});

it('streams that were cut are said in the report and in the terminal, with their cause', () => {
  for (const text of [reportOf(), terminalOf().replaceAll(/\s+/g, ' ')])
    expect(text).toContain('1164 of 1200');
  expect(reportOf()).toContain('the connection ended within a frame');
});

it('what a server says cannot become markup of the report', () => {
  expect(reportOf()).toContain(
    '`the connection ended within a frame; last bytes: {"type":"<b>resp`',
  );
});

it('nothing is said of twins, their pacer or their libraries', () => {
  expect(reportOf()).not.toMatch(/\btwin|pacer|node:http|no language model ran|byte model/i);
});

it('CPU of a server that was not started here is absent, with the reason', () => {
  expect(reportOf()).toContain('its CPU and memory are not known');
});

describe('several servers with an event stream and a WebSocket each', () => {
  const analysis = serversAnalysis([
    { name: 'one', cpuBy: 0.7, readsBy: 1.5 },
    { name: 'two', cpuBy: 1.4 },
    { name: 'three', cpuBy: 1 },
  ]);

  it('are compared within each server, and with no other', () => {
    const pairs = analysis.loadPoints[0]!.comparisons.map(
      ({ baselineArm = analysis.baseline, otherArm }) => `${otherArm} against ${baselineArm}`,
    );
    expect([...new Set(pairs)]).toEqual(
      ['one', 'two', 'three'].map((name) =>
        expect.stringMatching(new RegExp(`${name}-ws.* against .*${name}-sse`)),
      ),
    );
  });

  it('have the report that was read and approved', async () => {
    await expect(reportOf(analysis)).toMatchFileSnapshot('golden/servers.md');
    const text = terminalOf(analysis);
    await expect(text).toMatchFileSnapshot('golden/servers.txt');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('say where a verdict turns round, by how much, and what else differs there', () => {
    const report = reportOf(analysis);
    expect(report).toMatch(
      /\*\*Server CPU per token\*\* turns round: WebSocket better in one \(by .* µs\); SSE after POST better in two \(by .* µs\); equivalent in three\./,
    );
    expect(report).toContain('one, 1.42 and 0.943 reads and 190 B and 190 B an event');
    expect(report).toMatch(
      /\*\*Open latency p50\*\*: negligible to a user in one, two and three\./,
    );
  });

  it('say nothing of a turn where all servers agree', () => {
    const report = reportOf(
      serversAnalysis([
        { name: 'one', cpuBy: 0.7 },
        { name: 'two', cpuBy: 0.6 },
      ]),
    );
    expect(report).toContain('WebSocket better in one');
    expect(report).not.toContain('turns round');
  });
});
