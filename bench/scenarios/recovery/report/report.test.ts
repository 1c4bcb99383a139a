import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../analysis/analyse.ts';
import type { Analysis } from '../../../analysis/analysis.ts';
import type { FaultedArm, RecoveryFindings } from '../findings.ts';
import { recoveryRun, type RecoveryRunOptions } from '../recovery-fixture.ts';
import { faultNames, faults } from '../../../contract/faults.ts';
import type { SavedRun } from '../../../contract/run-file.ts';
import {
  brokenReconnectAnalysis,
  herdAnalysis,
  reconnectAnalysis,
  recoveryFixtureMetrics,
} from './fixture-recovery.ts';
import { renderReport } from '../../../report/report.ts';
import type { RecoveryContext } from './recovery-context.ts';
import { renderTerminal } from '../../../report/terminal.ts';
import { plainPaint } from '../../../report/paint.ts';
import { widthOf } from '../../../report/report-fixture.ts';
import { recoveryReading } from '../reading.ts';
import { herdParts, reconnectParts } from '../parts.ts';

type Faulted = Analysis & RecoveryFindings;

const charts = [
  { file: 'fault-ratios-100-identical-ws.svg', title: 'Ratios', alt: 'ratio of each fault' },
  { file: 'herd-recovery-500.svg', title: 'Herd', alt: 'share of clients against time' },
  { file: 'reconnect-clock-100-identical.svg', title: 'Clock', alt: 'phases of each fault' },
];

const variants: readonly (readonly [string, Faulted])[] = [
  ['reconnect', reconnectAnalysis()],
  ['reconnect-broken', brokenReconnectAnalysis()],
  ['herd', herdAnalysis()],
];

const madeUp = (analysis: Faulted): RecoveryContext => ({
  analysis,
  metrics: recoveryFixtureMetrics,
  parts: analysis.plan.scenario === 'herd' ? herdParts : reconnectParts,
});
const reportOf = (analysis: Faulted): string => renderReport(madeUp(analysis), { charts });
const textOf = (analysis: Faulted): string =>
  renderTerminal(madeUp(analysis), { paint: plainPaint, reportPath: 'reports/x/report.md' });

function section(text: string, title: string): string {
  const [, rest = ''] = text.split(`\n## ${title}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** The cells of the first row that begins with `start`. */
function cellsOf(text: string, start: string): readonly string[] {
  const row = text.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? '';
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the report of a run that breaks something', () => {
  it.each(variants)('of %s is the one that was read and approved', async (name, analysis) => {
    const text = reportOf(analysis);
    await expect(text).toMatchFileSnapshot(`golden/${name}.md`);
  });

  it.each(variants)('of %s has well-formed tables and folded blocks', (_, analysis) => {
    const text = reportOf(analysis);
    const tables = text.match(/(?:^\|.*\n)+/gm) ?? [];
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables)
      expect(new Set(table.trimEnd().split('\n').map(countCells)).size).toBe(1);
    expect(text.match(/^<details>$/gm)).toHaveLength(text.match(/^<\/details>$/gm)?.length ?? 0);
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });

  it.each(variants)(
    'of %s names no winner and never claims that there is no difference',
    (_, analysis) => {
      expect(reportOf(analysis).toLowerCase()).not.toMatch(
        /no difference|the winner is|wins overall/,
      );
    },
  );

  it('answers first, and has no section about a steady stream', () => {
    expect(reportOf(reconnectAnalysis()).match(/^##? .*$/gm)).toEqual([
      '# SSE or WebSocket when connections break? (reconnect)',
      '## Verdicts',
      '## How to read this',
      '## What each fault does',
      '## What was lost',
      '## What each client saw',
      '## Dead peers at the server',
      '## Faults that were not run',
      '## All results',
      '## Exploratory comparisons',
      '## Validity',
      '## Failures',
      '## What differs between the arms',
      '## Environment',
      '## Repeat it',
      '## Definitions',
      '## What this result does not say',
      '## Cost',
    ]);
  });

  it('has one row and one sentence for each fault, in the order of the matrix', () => {
    const verdicts = section(reportOf(reconnectAnalysis()), 'Verdicts').split('<details>')[0] ?? '';
    const titles = reconnectAnalysis().plan.loadPoints.map(
      ({ fault }) => `${faults[fault!].id} ${faults[fault!].title}`,
    );
    expect(verdicts.match(/^\| (F\d+ [^|]*)/gm)?.map((row) => row.slice(2).trim())).toEqual(titles);
    expect(verdicts.match(/^- \*\*(.*?)\.\*\*/gm)?.map((line) => line.slice(4, -3))).toEqual(
      titles,
    );
  });

  it('says of times that do not exist why they do not', () => {
    const text = reportOf(reconnectAnalysis());
    expect(cellsOf(text, 'F9 Idle').slice(1)).toEqual([
      '–',
      '–',
      '–',
      '–',
      '0 / 0',
      'not interrupted',
    ]);
    expect(cellsOf(text, 'F12 Lost').slice(1)).toEqual([
      'never',
      'never',
      '–',
      '–',
      '61\u202F600 / 61\u202F600',
      'never back',
    ]);
    expect(cellsOf(section(text, 'What each fault does'), 'F12 Lost')[5]).toBe('**never**');
    expect(cellsOf(section(text, 'What each fault does'), 'F9 Idle')[2]).toBe('not noticed');
    expect(cellsOf(section(text, 'What each fault does'), 'F10 Slow')[5]).toBe(
      '5.00 [4.80, 5.20] s, 220 of 1100',
    );
  });

  it('makes lost tokens and stopped streams stand out, and says that they were counted', () => {
    const losses = section(reportOf(reconnectAnalysis()), 'What was lost');
    expect(losses).toContain('every token of every trial was counted, none was sampled');
    expect(cellsOf(losses, 'F12 Lost').slice(2, 6)).toEqual([
      '77\u202F000',
      '14\u202F201',
      '**61\u202F600**',
      '61\u202F600',
    ]);
    expect(cellsOf(losses, 'F2 Reset')[4]).toBe('0');
    expect(losses).toContain('**1100**');
  });

  it('shows a dash, not a zero, where the server that counted the replay is gone', () => {
    expect(
      cellsOf(section(reportOf(reconnectAnalysis()), 'What was lost'), 'F3 Kill').slice(7, 9),
    ).toEqual(['–', '–']);
  });

  it('shows the ways of clients by their number, the rare ones counted together', () => {
    const views = section(
      reportOf(withArms(reconnectAnalysis(), manyWays)),
      'What each client saw',
    );
    expect(views).toContain('|       4 | `ECONNRESET` → `way 5` |');
    expect(views).not.toContain('way 6');
    expect(views).toContain('|       6 | 3 other ways           |');
  });

  it('lists the faults that could not be had, and how to get them', () => {
    const absent = section(reportOf(reconnectAnalysis()), 'Faults that were not run');
    expect(cellsOf(absent, 'F8 Link')).toEqual([
      'F8 Link down',
      'network namespaces need privileges that this user does not have',
      'run it as root, or in a container with CAP_NET_ADMIN',
    ]);
    expect(reportOf(brokenReconnectAnalysis())).not.toContain('## Faults that were not run');
  });

  it('warns above everything else of what proves nothing, and shows a fault without a trial as not measured', () => {
    const text = reportOf(brokenReconnectAnalysis());
    const [before = ''] = text.split('## Verdicts');
    expect(before).toContain('> - Reset, 100 connections: 3 tokens came twice over WebSocket');
    expect(before).toContain('**INCOMPLETE**');
    expect(cellsOf(text, 'F2 Reset').at(-1)).toBe('INVALID: 3 tokens came twice over WebSocket');
    expect(cellsOf(text, 'F12 Lost')).toEqual([
      'F12 Lost state',
      '–',
      '–',
      '–',
      '–',
      '– / –',
      'not measured',
    ]);
  });

  it('has each chart where it belongs, and only there', () => {
    const [clock, herd] = [reportOf(reconnectAnalysis()), reportOf(herdAnalysis())];
    expect(section(clock, 'What each fault does')).toContain(
      '![phases of each fault](charts/reconnect-clock-100-identical.svg)',
    );
    expect(clock).not.toContain('herd-recovery');
    expect(section(clock, 'Verdicts')).toContain(
      '![ratio of each fault](charts/fault-ratios-100-identical-ws.svg)',
    );
    expect(section(herd, 'How the herd comes back')).toContain(
      '![share of clients against time](charts/herd-recovery-500.svg)',
    );
  });

  it('names the asymmetries of coming back, those of a policy only where it was used', () => {
    const [clock, herd] = [reportOf(reconnectAnalysis()), reportOf(herdAnalysis())].map((text) =>
      section(text, 'What differs between the arms'),
    );
    expect(clock).toContain('one message and one way more than SSE');
    expect(clock).toContain('the server notices a dead peer by the missing pong');
    expect(clock).not.toContain('EventSource gives up');
    expect(herd).toContain('EventSource gives up at the first answer that is not 200');
  });

  it('names the faults in which nobody watched for silence', () => {
    const analysis = reconnectAnalysis();
    const { recovery } = analysis;
    const unwatched = recovery.faults.map((fault, index) =>
      index === 1 ? Object.assign({}, fault, { deadAfterNs: undefined }) : fault,
    );
    const clock = section(
      reportOf({ ...analysis, recovery: { ...recovery, faults: unwatched } }),
      'What each fault does',
    );
    expect(clock).toContain('Silence alone was no reason to come back at F2 Reset: ');
    expect(section(reportOf(analysis), 'What each fault does')).not.toContain('Silence alone');
  });

  it('survives being saved as JSON', () => {
    for (const [, analysis] of variants)
      expect(reportOf(JSON.parse(JSON.stringify(analysis)) as Faulted)).toBe(reportOf(analysis));
  });
});

describe('the report of a herd', () => {
  it('keeps the policies apart: each has its tables, and no row mixes them', () => {
    const text = section(reportOf(herdAnalysis()), 'How the herd comes back');
    expect(text.match(/^###? .*$|^\*\*.*\*\*$/gm)).toEqual([
      '### Policy identical',
      '**500 connections**',
      '**2000 connections**',
      '### Policy as-specified',
      '**500 connections**',
      '**2000 connections**',
    ]);
    expect(
      cellsOf(text.split('### Policy as-specified')[1] ?? '', 'time until all are back'),
    ).toEqual(['time until all are back', '3.08 [2.99, 3.17] s', '9.24 [8.96, 9.51] s']);
  });

  it('has no verdict where the policies of the arms differ', () => {
    const verdicts =
      section(reportOf(herdAnalysis()), 'Verdicts').split('policy as-specified')[1] ?? '';
    expect(cellsOf(verdicts, '500 connections').at(-1)).toBe(
      'no verdict: the policies differ, so this compares waiting times',
    );
  });

  it('leaves out what nobody could measure', () => {
    const text = section(reportOf(herdAnalysis()), 'How the herd comes back');
    expect(text).toContain('listen queue overflows');
    expect(text).not.toContain('| segments sent again');
  });
});

describe('the end of a run that breaks something', () => {
  it.each(variants)('of %s is the one that was read and approved', async (name, analysis) => {
    const text = textOf(analysis);
    await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it.each(variants)('of %s fits 100 columns', (_, analysis) => {
    expect(widthOf(textOf(analysis))).toBeLessThanOrEqual(100);
  });

  it('says once for all faults that are absent for one reason how to get them', () => {
    expect(textOf(reconnectAnalysis()).match(/^Not run: .*/gm)).toEqual([
      'Not run: link-down, partition, packet-loss: network namespaces need privileges that this user does',
    ]);
  });
});

describe('what the analysis of a saved run gives', () => {
  const runs: readonly (readonly [string, RecoveryRunOptions])[] = [
    ['the whole matrix', { faults: faultNames, blocks: 7 }],
    [
      'both policies and the null arm',
      {
        faults: ['reset', 'unavailable'],
        policies: ['identical', 'as-specified'],
        transports: ['sse', 'ws', 'tcp'],
      },
    ],
    ['two equal arms', { faults: ['reset', 'kill'], transports: ['sse'], copy: true }],
    ['an A/A pair beside the arms', { faults: ['reset'], copy: true }],
    ['a pilot', { faults: ['reset', 'kill'], plan: { isPilot: true } }],
    [
      'a herd',
      {
        scenario: 'herd',
        connections: [500, 2000],
        policies: ['identical', 'as-specified'],
        blocks: 7,
      },
    ],
    ['streams that cannot be resumed', { faults: ['reset'], isResumable: false }],
  ];

  it.each(runs)('is rendered for %s without a hole', (_, options) => {
    const context = analysed(recoveryRun(options));
    const text = renderReport(context, { charts: [] });
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
    expect(text).not.toContain('## Why');
    const lines = renderTerminal(context, { paint: plainPaint, reportPath: 'x' }).split('\n');
    expect(
      lines.filter((line) => stringWidth(line) > 100 && !line.startsWith('streamduel')),
    ).toEqual([]);
  });

  it('shows which arm alone came back, and its time', () => {
    const context = analysed(recoveryRun({ faults: ['unavailable'], policies: ['as-specified'] }));
    const row = cellsOf(renderReport(context, { charts: [] }), 'F11 503');
    expect(row[1]).toBe('never');
    expect(row[2]).toMatch(/^\d\.\d\d s$/);
    expect(row.at(-1)).toBe('only WebSocket came back');
  });

  it('a gate that nobody could judge is named once, with its reason, and is no miss', () => {
    const context = analysed(recoveryRun({ faults: ['reset', 'kill', 'freeze'] }));
    const unjudged = {
      state: 'not-measured',
      note: 'not judged: trials ran side by side',
    } as const;
    const loadPoints = context.analysis.loadPoints.map((point) =>
      Object.assign({}, point, {
        gates: point.gates.map((gate, index) =>
          index === 0 ? Object.assign({}, gate, unjudged) : gate,
        ),
      }),
    );
    const text = section(
      renderReport({ ...context, analysis: { ...context.analysis, loadPoints } }, { charts: [] }),
      'Validity',
    );
    const { id, title } = loadPoints[0]!.gates[0]!;
    expect(text).toContain('All gates that could be judged were met everywhere.');
    expect(
      text.match(new RegExp(`^- ${id} ${title}: not judged: trials ran side by side$`, 'gm')),
    ).toHaveLength(1);
  });

  it('has one row for each fault where a pilot says how many blocks it takes', () => {
    const context = analysed(recoveryRun({ faults: ['reset', 'kill'], plan: { isPilot: true } }));
    const blocks = section(renderReport(context, { charts: [] }), 'How many blocks');
    expect(blocks.match(/^\| (?:Reset|Kill and restart), 100 connections /gm)).toHaveLength(2);
  });

  it('has the noise between equal arms in one table, a row for each fault', () => {
    const context = analysed(
      recoveryRun({ faults: ['reset', 'kill'], transports: ['sse'], copy: true }),
    );
    const text = renderReport(context, { charts: [] });
    expect(
      section(text, 'Noise floor').match(/^\| (?:Reset|Kill and restart), 100 connections /gm),
    ).toHaveLength(2);
    expect(text).toContain('## What happened');
  });
});

function analysed(run: SavedRun): RecoveryContext {
  return {
    analysis: analyse(run, recoveryReading),
    metrics: recoveryReading.metrics,
    parts: reconnectParts,
  };
}

function withArms(analysis: Faulted, change: (arm: FaultedArm) => FaultedArm): Faulted {
  const { recovery } = analysis;
  const changed = recovery.faults.map((fault) =>
    Object.assign({}, fault, { arms: fault.arms.map(change) }),
  );
  return { ...analysis, recovery: { ...recovery, faults: changed } };
}

function manyWays(arm: FaultedArm): FaultedArm {
  const patterns = Array.from({ length: 9 }, (_, index) => ({
    events: ['ECONNRESET', `way ${index}`],
    clients: 9 - index,
  }));
  return { ...arm, patterns };
}

function countCells(row: string): number {
  return row.replaceAll(String.raw`\|`, '').split('|').length;
}
