import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { cellsRun, corkedRecord, freeRecord, refusedRecord } from './fixture.ts';
import { proxiesParts } from './parts.ts';
import { proxiesReading } from './reading.ts';

const { metrics } = proxiesReading;
const analysis = analyse(cellsRun(), proxiesReading);
const context = { analysis, metrics, parts: proxiesParts };
const report = renderReport(context, { charts: [] });
const text = renderTerminal(context, { paint: plainPaint, reportPath: 'report.md' });

it('the report of what proxies do is the one that was read and approved', async () => {
  await expect(report).toMatchFileSnapshot('golden/proxies.md');
});

it('the terminal says what was read and approved, in at most 100 columns', async () => {
  await expect(text).toMatchFileSnapshot('golden/proxies.txt');
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
});

it('every line of a fixed configuration is quoted with what it is for', () => {
  expect(report).toContain('`option http-no-delay`');
  expect(report).toContain('`proxy_set_header Upgrade $http_upgrade;`');
});

it('what a path adds is the difference to loopback within a block', () => {
  const run = cellsRun({
    blocks: 2,
    recordOf: ({ path }, block) => {
      // Both arms of the second block are late by the same.
      const shift = block * 10 * NS_PER_MS + (path === 'direct' ? 0 : 3 * NS_PER_MS);
      return { ...freeRecord, deliveryNs: freeRecord.deliveryNs.map((ns) => ns + shift) };
    },
  });
  const { proxyCells } = analyse(run, proxiesReading);
  const added = proxyCells.map(({ arm, added: { p50Ns } }) => [arm, p50Ns]);
  expect(added).toContainEqual(['sse@nginx', 3 * NS_PER_MS]);
  expect(added).toContainEqual(['sse', undefined]);
});

it('a cell that trials disagree on says in how many', () => {
  const run = cellsRun({
    blocks: 3,
    recordOf: ({ path }, block) =>
      path === 'nginx' ? [freeRecord, corkedRecord, refusedRecord][block % 3]! : freeRecord,
  });
  const said = renderReport({ ...context, analysis: analyse(run, proxiesReading) }, { charts: [] });
  expect(said).toContain('4 of 6');
  expect(said).toContain('(in 1 of 2 trials; otherwise not within 16 s)');
  // Two of three trials let requests wait, and one refused all streams.
  expect(said).toContain('(2 of 3 wait, and are answered when it is back), after which');
});
