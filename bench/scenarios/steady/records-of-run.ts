// The streams of a run on the twins as records, from the stamps that it kept and the plan, which has
// their texts: what a client that kept every event would have recorded. Events are in the form of
// payload `lean`; over any transport they hold the same.

import { loadRun } from '../../analysis/load-run.ts';
import { isSteady } from '../../analysis/measured-trials.ts';
import { armName } from '../../contract/arms/arms.ts';
import { beginsWithPost, transports } from '../../contract/arms/transports.ts';
import { renderTyped, streamEpoch } from '../../contract/control-events.ts';
import type { Framing, WireEvent } from '../../contract/dialects/dialect.ts';
import { BenchError } from '../../contract/errors.ts';
import { payloads, renderPayload } from '../../contract/payload.ts';
import { encodeEvent } from '../../contract/recording/event-text.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import type { CompletedTrial, SavedRun } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import {
  hashStreamText,
  openTokenSource,
  sliceStart,
  type TokenSource,
} from '../../contract/workload.ts';
import { locateTokens } from '../../plan/workloads.ts';
import { readsOf, type TimedEvent } from '../../recording/import/imported-stream.ts';
import { readTrialStamps, type TrialStamps } from './trial-stamps.ts';

/** @throws BenchError RUN_FOLDER where the run kept no streams that could be told again. */
export async function* recordsOfRun(folder: string): AsyncGenerator<StreamRecord> {
  const run = loadRun(folder);
  const { plan } = run.header;
  checkRun(run, folder);
  const source = openTokenSource({
    ...plan.workload,
    tokenFile: locateTokens(plan.workload, folder),
  });
  for (const trial of run.trials) {
    if (trial.outcome !== 'completed' || !isSteady(trial)) continue;
    const stamps = readTrialStamps(folder, trial, plan);
    for (let stream = 0; stream < stamps.population.streams; stream++)
      yield recordOfStream(stream, { trial, stamps, source });
  }
}

function checkRun({ header: { plan }, trials }: SavedRun, folder: string): void {
  const refuse = (why: string, hint: string): never => {
    throw new BenchError('RUN_FOLDER', `${folder} holds no streams to export: ${why}`, { hint });
  };
  if (plan.targets !== undefined)
    refuse(
      'a run on servers of your own keeps streams in a recording alone',
      'measure with --record FILE, and export that file',
    );
  if (!trials.some((trial) => trial.outcome === 'completed' && isSteady(trial)))
    refuse(
      `scenario ${plan.scenario} has no steady streams`,
      'export a run of scenario stream that was measured with --stamps',
    );
  if (!plan.keepStamps) refuse('it kept no stamps', 'measure again with --stamps');
  if ((plan.clientProcesses ?? 1) > 1 || (plan.serverProcesses ?? 1) > 1)
    refuse('its streams are those of several processes', 'measure again with one of each');
  if (payloads[plan.payload].chunk !== undefined)
    refuse(`its payload ${plan.payload} is bytes`, 'measure with a payload of text, such as lean');
}

interface TrialStreams {
  readonly trial: CompletedTrial;
  readonly stamps: TrialStamps;
  readonly source: TokenSource;
}

const forms = {
  'event-stream': { framing: 'event-stream', contentType: 'text/event-stream' },
  websocket: { framing: 'messages', contentType: '' },
  lines: { framing: 'lines', contentType: 'application/x-ndjson' },
} as const;

/** Times count from the planned start of the stream, which nothing could delay. */
function recordOfStream(stream: number, { trial, stamps, source }: TrialStreams): StreamRecord {
  const { population, client } = stamps;
  const { arm, startedAt } = trial;
  const startNs = population.startNs[stream] as number;
  const since = (column: string, index: number): number | undefined => {
    const ns = client[column]?.[index];
    return ns === undefined || Number.isNaN(ns) ? undefined : Math.max(0, ns - startNs);
  };
  const count = population.tokens[stream] as number;
  const base = population.base[stream] as number;
  const received = Array.from({ length: count }, (_, token) => since('receivedNs', base + token));
  const arrived = received.slice(
    0,
    received.includes(undefined) ? received.indexOf(undefined) : count,
  );
  const tokensNs = arrived.filter((ns) => ns !== undefined);
  const acceptNs = since('acceptNs', stream);
  const endNs = since('endNs', stream);
  const isWhole = endNs !== undefined && tokensNs.length === count;
  const { framing, contentType } = forms[transports[arm.transport].protocol];
  const events = eventsOf(
    { number: stream, seed: population.seeds[stream] as number, count },
    { tokensNs, openNs: acceptNs ?? tokensNs[0], endNs: isWhole ? endNs : undefined },
    { source, framing },
  );
  const sentNs = since('connectNs', stream);
  return {
    version: 1,
    arrivalNs: startNs,
    startedAt: new Date(Date.parse(startedAt) + startNs / NS_PER_MS).toISOString(),
    dialect: 'streamduel',
    target: armName(arm),
    trial: trial.trial,
    request: {
      url: `${framing === 'messages' ? 'ws' : 'http'}://127.0.0.1${transports[arm.transport].route(String(stream))}`,
      method: beginsWithPost(arm.transport) ? 'POST' : 'GET',
      headers: [],
    },
    ...(acceptNs !== undefined && {
      head: {
        status: framing === 'messages' ? 101 : 200,
        httpVersion: transports[arm.transport].capabilities.http === 2 ? '2' : '1.1',
        headers: {},
        contentType,
        framing,
      },
    }),
    ...(sentNs !== undefined && { sentNs }),
    events: events.map(([ns, event]) => encodeEvent(ns, event, { framing })),
    reads: readsOf(events),
    end: {
      ...(isWhole ? { kind: 'in-order' } : { kind: 'cut', why: 'not all of its tokens came' }),
      ns: endNs ?? events.at(-1)?.[0] ?? 0,
    },
    isWhole,
  };
}

interface StreamTimes {
  /** Absent where the stream never began. */
  readonly openNs: number | undefined;
  readonly tokensNs: readonly number[];
  /** Absent where it did not end as planned. */
  readonly endNs: number | undefined;
}

function eventsOf(
  {
    number,
    seed,
    count,
  }: { readonly number: number; readonly seed: number; readonly count: number },
  { openNs, tokensNs, endNs }: StreamTimes,
  { source, framing }: { readonly source: TokenSource; readonly framing: Framing },
): readonly TimedEvent[] {
  const start = sliceStart(source, seed);
  const template = payloads.lean.template();
  const control = (type: 'open' | 'done', fields: object): WireEvent =>
    framing === 'event-stream'
      ? { name: type, data: JSON.stringify(fields) }
      : { data: renderTyped(type, fields) };
  const open = { sid: String(number), epoch: streamEpoch(seed), from: 1, n: count };
  const done = (): object => ({
    s: count + 1,
    n: count,
    sha256: hashStreamText(source, start, count),
    finish: 'stop',
  });
  return [
    ...(openNs === undefined
      ? []
      : [[Math.min(openNs, tokensNs[0] ?? openNs), control('open', open)] as const]),
    ...tokensNs.map((ns, token): TimedEvent => {
      const text = source.jsonTexts[(start + token) % source.jsonTexts.length] as string;
      return [ns, { data: renderPayload(template, token + 1, text) }];
    }),
    ...(endNs === undefined
      ? []
      : [[Math.max(endNs, tokensNs.at(-1) ?? endNs), control('done', done())] as const]),
  ];
}
