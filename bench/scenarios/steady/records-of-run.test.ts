import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import { streamRecordSchema, type StreamRecord } from '../../contract/recording/stream-record.ts';
import type { CompletedTrial, Plan, SavedRun } from '../../contract/run-file.ts';
import type { TrialSpecification } from '../../contract/messages.ts';
import { emptyStamps, writeStamps } from '../../contract/stamps.ts';
import { openTokenSource, sliceStart, streamText } from '../../contract/workload.ts';
import { planAllOffsetsNs, populationOf } from '../../contract/population.ts';
import { locateTokens, resolveWorkload } from '../../plan/workloads.ts';
import { deltasOf } from '../../recording/recorded-deltas.ts';
import { recordsOfRun } from './records-of-run.ts';
import { specifySteady } from './specify.ts';

const root = mkdtempSync(join(tmpdir(), 'records-'));
afterAll(() => rmSync(root, { recursive: true }));

const transports: readonly TransportId[] = ['sse', 'sse-post', 'ndjson', 'ws'];
let plan: Partial<Plan>;

beforeAll(async () => {
  const { workload } = await resolveWorkload('chat');
  plan = {
    workload,
    payload: 'lean',
    keepStamps: true,
    warmupNs: 1e8,
    windowNs: 8e9,
    drainNs: 1e8,
  };
});

function save(name: string, more: Partial<Plan> = {}): { folder: string; run: SavedRun } {
  const folder = join(root, name);
  mkdirSync(join(folder, 'stamps'), { recursive: true });
  const options = { transports, connections: [3], blocks: 1, burnInBlocks: 0 };
  const run = fixtureRun({ ...options, plan: { ...plan, ...more } });
  const lines = [run.header, ...run.trials].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(join(folder, 'run.ndjson'), lines.join(''));
  return { folder, run };
}

const RECEIVED_AFTER_NS = 1.25e6;

/** Every token is received so long after it was due; of the last stream nothing after its first. */
function stamp({ folder, run }: { folder: string; run: SavedRun }): void {
  for (const trial of run.trials as CompletedTrial[]) {
    const specification = specificationOf(run, trial);
    const population = populationOf(specification);
    const offsetsNs = planAllOffsetsNs(specification, population);
    const { streams, totalTokens, startNs, base, tokens } = population;
    const client = {
      startNs,
      connectNs: startNs.map((ns) => ns + 2e5),
      acceptNs: startNs.map((ns) => ns + 5e5),
      endNs: emptyStamps(streams),
      receivedNs: emptyStamps(totalTokens),
    };
    for (let stream = 0; stream < streams; stream++) {
      const isCut = stream === streams - 1;
      for (let token = 0; token < (isCut ? 1 : tokens[stream]!); token++)
        client.receivedNs[base[stream]! + token] =
          startNs[stream]! + offsetsNs[stream]![token]! + RECEIVED_AFTER_NS;
      const last = client.receivedNs[base[stream]! + tokens[stream]! - 1]!;
      if (!isCut) client.endNs[stream] = last + 1e5;
    }
    const name = join(folder, 'stamps', `trial-${String(trial.trial).padStart(4, '0')}`);
    writeStamps(`${name}-client.stamps`, client);
    writeStamps(`${name}-server.stamps`, { writtenNs: emptyStamps(totalTokens) });
  }
}

async function read(folder: string): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  for await (const record of recordsOfRun(folder)) records.push(streamRecordSchema.parse(record));
  return records;
}

function specificationOf(run: SavedRun, trial: CompletedTrial): TrialSpecification {
  return specifySteady(trial, { plan: run.header.plan, tokenFile: '', host: '', port: 0 });
}

/** The texts and times that the plan has for each stream of a trial. */
function plannedOf({ folder, run }: { folder: string; run: SavedRun }, trial: CompletedTrial) {
  const { workload } = run.header.plan;
  const source = openTokenSource({ ...workload, tokenFile: locateTokens(workload, folder) });
  const specification = specificationOf(run, trial);
  const population = populationOf(specification);
  return planAllOffsetsNs(specification, population).map((offsetsNs, stream) => {
    const tokens = population.tokens[stream]!;
    return {
      arrivalNs: population.startNs[stream]!,
      text: streamText(source, sliceStart(source, population.seeds[stream]!), tokens),
      // 0.2 ms pass until the connection stands, from which a replay counts.
      offsetsNs: Array.from(offsetsNs.slice(0, tokens), (ns) =>
        Math.round(ns + RECEIVED_AFTER_NS - 2e5),
      ),
    };
  });
}

it('streams have their texts and times, and are whole to a reader that knows nothing of the plan', async () => {
  const saved = save('whole');
  stamp(saved);
  const records = await read(saved.folder);
  expect(records.map(({ request }) => request?.method)).toContain('POST');
  for (const trial of saved.run.trials as CompletedTrial[]) {
    const planned = plannedOf(saved, trial);
    expect(planned.length).toBeGreaterThan(3);
    const own = records.filter((record) => record.trial === trial.trial);
    const read = own.slice(0, -1).map(({ isWhole: _told, ...record }) => {
      const deltas = deltasOf(record, 'here');
      if ('why' in deltas) throw new Error(deltas.why);
      const { tokens, offsetsNs } = deltas;
      return { arrivalNs: record.arrivalNs, text: tokens.join(''), offsetsNs };
    });
    expect(read).toEqual(planned.slice(0, -1));
    expect(deltasOf(own.at(-1)!, 'here')).toEqual({ why: 'did not arrive whole' });
  }
});

it.each([
  ['none', { keepStamps: false }, /none holds no streams to export: it kept no stamps/],
  ['gone', {}, /its stamps are no longer in/],
  ['bytes', { payload: 'audio' }, /its payload audio is bytes/],
  ['shared', { clientProcesses: 2 }, /its streams are those of several processes/],
] as const)('a run folder "%s" is refused', async (name, more, message) => {
  await expect(read(save(name, more).folder)).rejects.toThrow(message);
});
