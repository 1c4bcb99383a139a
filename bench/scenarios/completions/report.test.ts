import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { completionsAnalysis, fixtureArms } from './fixture.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { completionsReading } from './reading.ts';
import { completionsParts } from './parts.ts';

const { metrics } = completionsReading;
const analysis = completionsAnalysis();
const report = renderReport({ analysis, metrics, parts: completionsParts }, { charts: [] });
const text = renderTerminal(
  { analysis, metrics, parts: completionsParts },
  { paint: plainPaint, reportPath: 'report.md' },
);

it('the report of a closed loop is the one that was read and approved', async () => {
  await expect(report).toMatchFileSnapshot('golden/completions.md');
});

it('the terminal says what was read and approved, in at most 100 columns', async () => {
  await expect(text).toMatchFileSnapshot('golden/completions.txt');
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
});

it('a closed loop is called one before its first number', () => {
  const [before = ''] = report.split('## Verdicts');
  expect(before).toContain('> **CLOSED LOOP**');
  expect(before).toContain('coordinated omission');
});

it('rates and completion times get no verdict, what a stream costs the server does', () => {
  const { comparisons } = analysis.loadPoints[0]!;
  expect(
    comparisons
      .filter(({ endpoint }) => endpoint !== undefined)
      .map(({ otherArm, metric }) => `${otherArm} ${metric}`),
  ).toEqual(['ws cpu.server.stream', 'sse/autocannon cpu.server.stream']);
});

it('the time beyond the plan is the completion time less 149 gaps of half a millisecond', () => {
  expect(report).toContain(
    '- SSE: 256 streams/s; a stream took 78.0 ms (median), 3.50 ms more than its plan;',
  );
});

it('a server without time to spare is told from one that could do more', () => {
  expect(report).toContain(
    'the server was busy 86.0 % of the time, so this is about what it can do.',
  );
  expect(report).toContain(
    'the server was busy 31.0 % of the time, so more connections would get more.',
  );
});

it('where streams share connections, it speaks of streams at a time, and gives no bytes that nobody counted', () => {
  const arm = { transport: 'sse-h2', client: 'probe', path: 'direct' } as const;
  const shared = completionsAnalysis({
    arms: [...fixtureArms, { ...arm, streamsPerConnection: 10 }],
  });
  const text = renderReport({ analysis: shared, metrics, parts: completionsParts }, { charts: [] });
  expect(text).toContain(
    '**CLOSED LOOP**: each connection, and where streams share one each place on it, asks for its next stream only when it has the last',
  );
  expect(text).toContain('Load: 20 streams, each followed by the next as soon as it has ended;');
  expect(text).toContain('so more streams at a time would get more.');
  expect(text).toContain(
    'the other clients open a connection for each stream, as the WebSocket server asks, whose connections carry one, unless the arm says that streams share connections.',
  );
  expect(text).toMatch(/\| Bytes per whole stream .*\| +– \|/);
});

it('only where a load generator took part does the report explain it', () => {
  expect(report).toContain('autocannon keeps its connections');
  const { plan, ...rest } = analysis;
  const alone = renderReport(
    {
      analysis: { ...rest, plan: { ...plan, arms: plan.arms.slice(0, 2) } },
      metrics,
      parts: completionsParts,
    },
    { charts: [] },
  );
  expect(alone).not.toContain('autocannon keeps');
});
