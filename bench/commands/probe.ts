// `streamduel probe`: connects to a streaming endpoint once and says what it speaks, when what
// came, and whether it came whole.

import { styleText } from 'node:util';
import type { EndpointRequest } from '../contract/endpoint.ts';
import { BenchError } from '../contract/errors.ts';
import {
  fromProbeSchema,
  type FromProbe,
  type Observation,
  type ToProbe,
} from '../contract/probe.ts';
import { programPath } from '../contract/program.ts';
import { appendRecord, checkRecordFile } from '../contract/recording/append-records.ts';
import { recordOf } from '../contract/recording/record-stream.ts';
import { visibleJson } from '../contract/visible-text.ts';
import type { ProbeFlags } from '../probe/probe-flags.ts';
import { planProbe, type ProbePlan } from '../probe/probe-request.ts';
import { renderProbe } from '../probe/render-probe.ts';
import { reportProbe, watchObserved } from '../probe/report-probe.ts';
import {
  canBeSent,
  judgeResume,
  resumeRequest,
  withoutCursor,
  type ResumeReport,
} from '../probe/resume.ts';
import type { Secrets } from '../contract/secrets.ts';
import { Child } from '../trial/child-process.ts';
import type { CommandOutput } from './command-output.ts';
import { listenForInterrupts } from './measure-run.ts';

const program = programPath(import.meta.url, '../../clients/endpoint/probe-main');
const START_TIMEOUT_MS = 30_000;
/** For what the client does after the stream: ask for ALPN, send what it observed. */
const REPORT_TIMEOUT_MS = 60_000;

/** Returns the exit code: 1 when there was no stream, or it was not whole. */
export async function probeCommand(
  url: string,
  flags: ProbeFlags,
  { stdout }: CommandOutput,
): Promise<number> {
  const plan = planProbe(url, flags);
  const { secrets } = plan;
  if (flags.record !== undefined) checkRecordFile(flags.record);
  try {
    const startedAt = new Date();
    using interruption = listenForInterrupts();
    await using client = new ProbeClient(interruption.signal);
    const observed = await client.observe(plan, plan.request);
    const resume = flags.resume === true ? await tryResume(client, plan, observed) : undefined;
    if (flags.record !== undefined) saveRecord(flags.record, { plan, observed, startedAt });
    const report = secrets.redactAll(reportProbe(observed, { ...plan, resume }));
    stdout.write(
      flags.json === true
        ? `${visibleJson(JSON.stringify(report, undefined, 2))}\n`
        : renderProbe(report, (style, text) => styleText(style, text, { stream: stdout })),
    );
    return report.isWhole ? 0 : 1;
  } catch (error) {
    throw redactError(error, secrets);
  }
}

interface Recorded {
  readonly plan: ProbePlan;
  readonly observed: Observation;
  readonly startedAt: Date;
}

function saveRecord(path: string, { plan, observed, startedAt }: Recorded): void {
  const watch = watchObserved(observed, plan.dialect);
  appendRecord(
    path,
    recordOf(observed, {
      request: plan.request,
      secrets: plan.secrets,
      dialect: watch?.dialect,
      startedAt,
      isWhole: watch?.reader.judge(observed.end, observed.wire).isWhole,
    }),
  );
}

/** The client's process. Ctrl-C closes the stream that is open; what came of it is reported. */
class ProbeClient implements AsyncDisposable {
  readonly #child = new Child<FromProbe>({
    name: 'probe client',
    program,
    schema: fromProbeSchema,
    environment: {},
    nodeArguments: [],
    cpu: undefined,
    verbose: false,
  });
  readonly #interruption: AbortSignal;
  readonly #never = new AbortController().signal;
  #isReady = false;

  constructor(interruption: AbortSignal) {
    this.#interruption = interruption;
  }

  get isInterrupted(): boolean {
    return this.#interruption.aborted;
  }

  async observe(
    { dialect }: ProbePlan,
    request: EndpointRequest,
    stopAfterEvents?: number,
  ): Promise<Observation> {
    if (!this.#isReady) await this.#child.expect('ready', START_TIMEOUT_MS, this.#interruption);
    this.#isReady = true;
    const stop = (): void => this.#tell({ kind: 'stop' });
    this.#interruption.addEventListener('abort', stop, { once: true });
    try {
      this.#tell({
        kind: 'open',
        request,
        ...(dialect !== undefined && { dialect }),
        ...(stopAfterEvents !== undefined && { stopAfterEvents }),
      });
      const mostMs = request.totalTimeoutMs + REPORT_TIMEOUT_MS;
      return (await this.#child.expect('observed', mostMs, this.#never)).observation;
    } finally {
      this.#interruption.removeEventListener('abort', stop);
    }
  }

  #tell(message: ToProbe): void {
    this.#child.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}

const FEWEST_EVENTS = 2;

/** Cuts the same stream in its middle, and asks for the rest. */
async function tryResume(
  client: ProbeClient,
  plan: ProbePlan,
  whole: Observation,
): Promise<ResumeReport | undefined> {
  if (whole.events.length < FEWEST_EVENTS || client.isInterrupted) return undefined;
  const cutAfter = Math.floor(whole.events.length / 2);
  const cut = await client.observe(plan, plan.request, cutAfter);
  const cursor = watchObserved(cut, plan.dialect)?.reader.cursor();
  if (cursor === undefined || !canBeSent(cursor) || client.isInterrupted)
    return withoutCursor(cut.events.length);
  const after = await client.observe(plan, resumeRequest(plan.request, cursor));
  return judgeResume({ before: cut.events.map(([, event]) => event), cursor, after });
}

function redactError(error: unknown, secrets: Secrets): unknown {
  if (!(error instanceof BenchError)) return error;
  const hint = error.hint === undefined ? {} : { hint: secrets.redact(error.hint) };
  return new BenchError(error.code, secrets.redact(error.message), hint);
}
