// `npm run bench:self`: the benchmark of the harness itself, as ratios within one run. Prints a Markdown table and exits
// with 1 when a limit is missed. Interleaved rounds, medians of ratios: an absolute number of a shared machine means little.

import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { markdownTable } from 'markdown-table';
import type { Plan } from '../contract/run-file.ts';
import type { ProcessUse } from '../contract/tally.ts';
import type { ClientStack, TransportId } from '../contract/transports.ts';
import { NS_PER_S } from '../contract/units.ts';
import { buildPlan, type RunFlags } from '../plan/build-plan.ts';
import { planTrials } from '../plan/trials.ts';
import { locateTokens } from '../plan/workloads.ts';
import { measureTrial, type MeasuredTrial } from '../trial/measure-trial.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const bareServer = fileURLToPath(new URL('bare-server.ts', import.meta.url));
const pacerCost = fileURLToPath(new URL('pacer-cost.ts', import.meta.url));
const contenders = ['sse', 'ws'] as const satisfies readonly TransportId[];

/** Longer than any window, so that what a token costs is not mixed with what opening a stream costs. */
const LONG_STREAM = '100000';

interface Row {
  readonly what: string;
  readonly value: number;
  /** Undefined for what is only told. */
  readonly limit: number | undefined;
  readonly unit: string;
  readonly note: string;
}

const overheadsS: number[] = [];

async function measure(
  flags: RunFlags & { transports: TransportId; client: ClientStack },
  round: number,
  serverProgram?: string,
): Promise<MeasuredTrial> {
  const surroundings = { randomSeed: () => round, canPin: cpus().length > 1 };
  const { plan } = await buildPlan([], { preset: 'quick', blocks: '1', duration: '2s', seed: String(round), ...flags }, surroundings);
  const [planned] = planTrials(plan);
  if (planned === undefined) throw new Error('the plan is empty');
  const measured = await measureTrial(planned, {
    plan,
    tokenFile: locateTokens(plan.workload, '.'),
    port: 0,
    signal: new AbortController().signal,
    verbose: false,
    keepStampsIn: undefined,
    onProgress: () => {},
    ...(serverProgram !== undefined && { serverProgram }),
  });
  overheadsS.push(measured.overheadNs / NS_PER_S);
  process.stderr.write(
    `${describe(plan)}: server ${perTokenUs(measured.server.use, measured.server.windowTokens)} µs, client ${perTokenUs(measured.client.use, measured.client.windowTokens)} µs a token\n`,
  );
  return measured;
}

function describe({ arms, loadPoints, workload }: Plan): string {
  return `${arms[0]?.transport}/${arms[0]?.client} ${loadPoints[0]?.connections} × ${workload.tokensPerSecond}`;
}

function perToken(use: ProcessUse, tokens: number): number {
  return (use.cpuUserNs + use.cpuSystemNs) / tokens;
}

function perTokenUs(use: ProcessUse, tokens: number): string {
  return (perToken(use, tokens) / 1000).toFixed(1);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] as number) + (sorted[Math.ceil((sorted.length - 1) / 2)] as number)) / 2;
}

/** Both measured in each round, in turns first. */
async function interleave(
  a: (round: number) => Promise<number>,
  b: (round: number) => Promise<number>,
): Promise<{ ratio: number; range: string }> {
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const first = round % 2 === 1 ? await a(round) : undefined;
    const other = await b(round);
    ratios.push((first ?? (await a(round))) / other);
  }
  const sorted = ratios.toSorted((x, y) => x - y);
  return { ratio: median(ratios), range: `${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)} over ${ROUNDS} rounds` };
}

async function probeAgainstLibrary(transports: TransportId, connections: string): Promise<Row> {
  const clientCpu = (client: ClientStack) => async (round: number) => {
    const { client: tally } = await measure({ transports, client, connections, rate: '20', tokens: LONG_STREAM }, round);
    return perToken(tally.use, tally.windowTokens);
  };
  const { ratio, range } = await interleave(clientCpu('probe'), clientCpu('library'));
  return {
    what: `client CPU per token, probe / library, ${transports}, ${connections} × 20 tokens/s`,
    value: ratio,
    limit: 0.75,
    unit: '×',
    note: range,
  };
}

async function twinAgainstBare(transports: TransportId, tokens: string, limit: number | undefined): Promise<Row> {
  const serverCpu = (program?: string) => async (round: number) => {
    const { server } = await measure({ transports, client: 'probe', connections: '500', rate: '20', tokens }, round, program);
    return perToken(server.use, server.windowTokens);
  };
  const { ratio, range } = await interleave(serverCpu(), serverCpu(bareServer));
  const bare = transports === 'sse' ? 'node:http' : 'ws';
  const streams = tokens === LONG_STREAM ? '' : `, streams of ${tokens} tokens, opening included`;
  return { what: `server CPU per token, twin / bare ${bare}, 500 × 20 tokens/s${streams}`, value: ratio, limit, unit: '×', note: range };
}

/** Raises the load until one of the two is at its limit: it must be the server. */
async function whoIsBusyFirst(transports: TransportId): Promise<Row> {
  for (const connections of ['2000', '3000', '4000', '5000', '6000']) {
    const { server, client } = await measure({ transports, client: 'probe', connections, rate: '20', tokens: LONG_STREAM }, 1);
    const [serverUse, clientUse] = [server.use.eventLoopUtilisation, client.use.eventLoopUtilisation];
    if (serverUse < 0.8 && clientUse < 0.7) continue;
    const note = `at ${connections} × 20 tokens/s, where the server is at ${Math.round(100 * serverUse)} %`;
    return {
      what: `probe event-loop utilisation when the ${transports} server reaches 80 %`,
      value: clientUse,
      limit: 0.7,
      unit: '',
      note,
    };
  }
  return {
    what: `probe event-loop utilisation, ${transports}`,
    value: 0,
    limit: 0.7,
    unit: '',
    note: 'neither reached its limit at 6000 × 20 tokens/s',
  };
}

function pacerRows(): Row[] {
  const runs = Array.from({ length: ROUNDS }, () => {
    const printed = execFileSync(process.execPath, [pacerCost], { encoding: 'utf8' });
    return JSON.parse(printed) as { expected: number; sent: number; early: number; perTokenNs: number };
  });
  const what = '2000 × 20 tokens/s for 5 s';
  return [
    {
      what: 'pacer CPU per token, without a write',
      value: median(runs.map((run) => run.perTokenNs)) / 1000,
      limit: 1.5,
      unit: 'µs',
      note: what,
    },
    { what: 'pacer tokens early', value: Math.max(...runs.map((run) => run.early)), limit: 0, unit: '', note: what },
    { what: 'pacer tokens not sent', value: Math.max(...runs.map((run) => run.expected - run.sent)), limit: 0, unit: '', note: what },
  ];
}

const rows: Row[] = [];
for (const connections of ['500', '2000']) {
  for (const transport of contenders) rows.push(await probeAgainstLibrary(transport, connections));
}
for (const transport of contenders) {
  rows.push(await twinAgainstBare(transport, LONG_STREAM, 1.1));
  rows.push(await twinAgainstBare(transport, '150', undefined));
}
for (const transport of contenders) rows.push(await whoIsBusyFirst(transport));
rows.push(...pacerRows());
rows.push({
  what: 'orchestration overhead of a trial, median',
  value: median(overheadsS),
  limit: 1.5,
  unit: 's',
  note: `${overheadsS.length} trials, longest ${Math.max(...overheadsS).toFixed(2)} s`,
});

const table = rows.map(({ what, value, limit, unit, note }) => {
  const allowed = limit === undefined ? '–' : `≤ ${limit} ${unit}`.trim();
  return [what, `${value.toFixed(2)} ${unit}`.trim(), allowed, limit === undefined ? '' : value <= limit ? 'met' : 'MISSED', note];
});
process.stdout.write(
  `${markdownTable([['what', 'measured', 'limit', '', ''], ...table])}\n\n${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, Node ${process.version}\n`,
);
process.exitCode = rows.every(({ value, limit }) => limit === undefined || value <= limit) ? 0 : 1;
