// Report parts of scenario `memory` besides its verdicts.

import type { Analysis } from '../../analysis/analysis.ts';
import type { LadderAnalysis, MemoryFindings } from './findings.ts';
import { payloads } from '../../contract/payload.ts';
import { planMemoryLadder } from './chart.ts';
import { countedUnit } from './counted-unit.ts';
import { formatCount, formatSetting } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { section } from '../../report/blocks.ts';
import { transportsOf } from '../../report/mechanisms.ts';
import type { ReportContext } from '../../report/report-context.ts';
import { type ChartLink } from '../../report/sections/chart-links.ts';
import { renderConnectionCosts, renderRungs, renderStraightness } from './ladder-tables.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { list, type Content } from '../../report/blocks.ts';
import { chartFigures } from '../../report/sections/chart-links.ts';

export const memoryParts: ScenarioParts<MemoryFindings> = {
  title: 'for many connections: what does each cost',
  circumstances,
  isOnTimetable: true,
  sections,
  charts: ({ analysis }) => planMemoryLadder(analysis),
  asymmetries,
  limits,
};

function circumstances({ plan }: Analysis): string {
  const { ladder, workload } = plan;
  if (ladder === undefined) return '';
  const { one, many, sends } = countedUnit(plan);
  return [
    `A trial is a ladder of ${many}. ${formatCount(ladder.opensPerSecond)} a second they open, up to each of its rungs: ${listOf(ladder.rungs)}.`,
    ` There every ${one} ${sends} ${formatSetting(workload.tokensPerSecond, 'tokens/s')} for ${formatSetting(ladder.streamNs, 'ns')}, evenly, at a phase of its own,`,
    ` in payload ${code(plan.payload)} (${payloads[plan.payload].summary}); then nothing is sent, the servers collect their garbage, and memory is read.`,
    ` On the way down, to ${listOf(ladder.downRungs)}, ${many} end and memory is read again.`,
  ].join('');
}

function listOf(counts: readonly number[]): string {
  const words = counts.map(formatCount);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function sections(context: ReportContext<MemoryFindings>, charts: readonly ChartLink[]): Content {
  const { analysis } = context;
  const { one, many } = countedUnit(analysis.plan);
  return [
    section(`What a ${one} costs`, [
      ...analysis.loadPoints.map((point) => renderConnectionCosts(context, point)),
      `Means over ladders with their 95 % interval. Bytes are for each ${one}, as slopes over the rungs: what a process has without ${many} is in none of them. What each is a slope of is said below.`,
      ...chartFigures(charts),
      renderStraightness(context),
    ]),
    section('What these bytes are', [list(readingOf(analysis.ladders))]),
    section('The rungs', [
      `Rung 0 comes before the first ${one} and is on no line: the rehearsal leaves room behind that the first ${many} use. Idle and streaming are growth of USS. PSS, RSS, heap, external and the kernel’s part were read in the same silence as USS; CPU and tokens are of the time in which the rung streamed.`,
      ...renderRungs(context),
    ]),
  ];
}

function readingOf(ladders: LadderAnalysis): readonly string[] {
  return [
    '**USS** is private memory: pages that no other process has, and what the machine would get back if the server ended. **PSS** adds a share of the pages that several processes have, such as the program itself, so it moves when any other Node process starts or ends; **RSS** counts those in full. Shared pages do not grow with connections: slopes are of USS.',
    '**Idle** (retained): after four full collections, the last of which makes V8 give back every page that holds nothing. A server that is not told to collect has more; how much more hangs on its luck and on the heap that it may have.',
    '**Streaming** (working set): the same pages while tokens flow and nobody collects, with the garbage of the moment. Each rung begins with a collected heap.',
    '**Heap** and **external** are V8’s own words: objects, and memory outside the heap that they hold. Both are part of USS; what is left of it is the C++ of Node, tables, and room between objects.',
    ...kernelWords(ladders),
  ];
}

function kernelWords({ hasSlabs, hasSocketMemory }: LadderAnalysis): readonly string[] {
  const slabs =
    'sockets, their files and their places in epoll (slabs of the whole machine, of which half is counted, because both ends of a connection are on this host)';
  const buffers = 'what is charged to the servers’ own sockets (packets in queues and reserves)';
  const parts = [...(hasSlabs ? [slabs] : []), ...(hasSocketMemory ? [buffers] : [])];
  const missing = [
    ...(hasSlabs
      ? []
      : ['slabs of sockets and files, some kB a connection, which only root may read']),
    ...(hasSocketMemory ? [] : ['the buffers of sockets, for which `ss` is needed']),
  ];
  return [
    ...(parts.length === 0
      ? []
      : [
          `**Kernel**: ${parts.join(', and ')}. It is in no process, and part of the memory of an idle connection.`,
        ]),
    ...(missing.length === 0
      ? []
      : [`**Not in the numbers**, because it could not be read here: ${missing.join('; ')}.`]),
  ];
}

function asymmetries({ plan }: Analysis): readonly string[] {
  return transportsOf(plan.arms).flatMap(({ twin }) => twin.openStream ?? []);
}

function limits({ plan, ladders }: Analysis & MemoryFindings): readonly string[] {
  const isCompressed = transportsOf(plan.arms).some(({ capabilities }) => capabilities.compressed);
  return [
    `It is memory of connections that have carried a few tokens each: buffers of slow receivers${isCompressed ? '' : ', of compression'} and of TLS come on top.`,
    ...(ladders.hasSlabs
      ? [
          'Slabs are of the whole machine: sockets of other programs that came or went meanwhile are in them (gate N7).',
        ]
      : []),
  ];
}
