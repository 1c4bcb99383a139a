// A recording as a workload: its streams become the segments of a token file, with their times.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { BenchError } from '../contract/errors.ts';
import type { StreamRecord } from '../contract/recording/stream-record.ts';
import { hashTokens, type TokenFile, type TokenSegment } from '../contract/tokens.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { Workload } from '../contract/workload.ts';
import { deltasOf } from './recorded-deltas.ts';
import { readRecording } from './read-recording.ts';

/** Tokens of a replay: they are held in memory by server, client and analysis. */
const MOST_TOKENS = 1_000_000;

export interface Replay {
  readonly tokens: TokenFile;
  readonly timing: Pick<
    Workload,
    'gaps' | 'tokensPerStream' | 'tokensPerSecond' | 'firstTokenMedianMs' | 'firstTokenSigma'
  >;
}

/** @throws BenchError WORKLOAD that names the file, and the line where it is one line's fault. */
export async function readReplay(path: string): Promise<Replay> {
  const name = basename(path);
  const segments: (TokenSegment & { offsetsNs: number[] })[] = [];
  const leftOut: string[] = [];
  const texts = new Set<Texts>();
  let count = 0;
  for await (const { line, record } of readRecording(path)) {
    const deltas = deltasOf(record, `${path}, line ${line}`);
    if ('why' in deltas) {
      leftOut.push(`line ${line} ${deltas.why}`);
      continue;
    }
    count += deltas.tokens.length;
    if (count > MOST_TOKENS)
      throw new BenchError(
        'WORKLOAD',
        `${path} has more than ${MOST_TOKENS} tokens in its first ${line} lines, and a replay holds all of them in memory`,
        { hint: `replay a part of it: head -n ${Math.max(1, line - 1)} ${path}` },
      );
    texts.add(record.imported?.text ?? 'recorded');
    segments.push(segmentOf(deltas, { name, line, record }));
  }
  if (segments.length === 0)
    throw new BenchError('WORKLOAD', `${path} has no stream to replay${reasonOf(leftOut)}`, {
      hint: 'record some with streamduel probe URL --record FILE, or run --target … --record FILE',
    });
  return {
    tokens: {
      schema: 1,
      encoding: 'as recorded',
      tokensSha256: hashTokens(segments),
      segments,
    },
    timing: timingOf(path, segments, {
      ...(leftOut.length > 0 && { leftOut: leftOut.length }),
      texts: texts.size === 1 ? ([...texts][0] as Texts) : 'mixed',
    }),
  };
}

type Texts = Extract<Workload['gaps'], { kind: 'recorded' }>['texts'];

function reasonOf([first, ...others]: readonly string[]): string {
  if (first === undefined) return ': it is empty';
  return `: ${first}${others.length === 0 ? '' : `, and ${others.length} more lines are left out`}`;
}

function segmentOf(
  {
    tokens,
    offsetsNs,
  }: { readonly tokens: readonly string[]; readonly offsetsNs: readonly number[] },
  {
    name,
    line,
    record,
  }: { readonly name: string; readonly line: number; readonly record: StreamRecord },
): TokenSegment & { offsetsNs: number[] } {
  return {
    id: `line-${line}`,
    title: `line ${line} of ${name}`,
    language: 'und',
    script: 'Unknown',
    provenance:
      record.imported === undefined
        ? `recorded from ${record.request?.url ?? 'an unnamed server'}`
        : `imported from ${record.imported.from}`,
    textSha256: createHash('sha256').update(tokens.join('')).digest('hex'),
    tokens: [...tokens],
    offsetsNs: [...offsetsNs],
  };
}

/** The values by which loads and tails are planned: means and medians over all streams. */
function timingOf(
  path: string,
  segments: readonly { readonly offsetsNs: readonly number[] }[],
  facts: Pick<Extract<Workload['gaps'], { kind: 'recorded' }>, 'leftOut' | 'texts'>,
): Replay['timing'] {
  const spans = segments.map(({ offsetsNs }) => ({
    gaps: offsetsNs.length - 1,
    ns: (offsetsNs.at(-1) ?? 0) - (offsetsNs[0] ?? 0),
  }));
  const gaps = spans.reduce((sum, span) => sum + span.gaps, 0);
  const ns = spans.reduce((sum, span) => sum + span.ns, 0);
  if (ns === 0)
    throw new BenchError(
      'WORKLOAD',
      `${path} has no gap to replay: all tokens of each stream came at one instant`,
      { hint: 'its server, or something before it, buffers whole answers' },
    );
  const firsts = segments.map(({ offsetsNs }) => offsetsNs[0] ?? 0).toSorted((a, b) => a - b);
  return {
    gaps: { kind: 'recorded', streams: segments.length, ...facts },
    tokensPerStream: Math.max(...segments.map(({ offsetsNs }) => offsetsNs.length)),
    tokensPerSecond: roundRate(Math.min(MOST_RATE, (gaps * NS_PER_S) / ns)),
    firstTokenMedianMs: Math.round((firsts[Math.floor(firsts.length / 2)] ?? 0) / NS_PER_MS),
    firstTokenSigma: 0,
  };
}

/** As the schema of a workload has it; a mean beyond it is of streams that came in few reads. */
const MOST_RATE = 100_000;

/** Three decimals: it is printed, and nothing is paced by it. */
function roundRate(tokensPerSecond: number): number {
  return Math.max(0.001, Math.round(tokensPerSecond * 1000) / 1000);
}
