// Named workloads, and workloads from a user's file: a JSON definition, or any text, which is then
// tokenised.

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BenchError, messageOf } from '../contract/errors.ts';
import { readTokenFile, type TokenFile } from '../contract/tokens.ts';
import { rememberRecorded } from '../contract/recorded-streams.ts';
import { workloadSchema, type Workload } from '../contract/workload.ts';
import { readReplay } from '../recording/replay-tokens.ts';

import { fittedWorkloads } from '../workloads/fitted.ts';

const bundledPath = fileURLToPath(new URL('../workloads/tokens.json', import.meta.url));
/**
 * Name of the bundled tokens in a saved plan: a run folder must not depend on where streamduel is
 * installed.
 */
/** Stands for the tokens that come with this program. */
export const BUNDLED = 'bundled';
/** Name of the tokens of a user's text, which lie in the run folder. */
export const OWN_TOKENS_FILE = 'tokens.json';

type Definition = Omit<Workload, 'name' | 'tokenFile' | 'tokensSha256'>;

interface NamedWorkload extends Definition {
  readonly summary: string;
}

const lognormal = { kind: 'lognormal', sigma: 0.3 } as const;

export const namedWorkloads = {
  steady: {
    summary:
      '20 tokens/s with lognormal gaps, 150 tokens a stream, first token after 200 ms: the default',
    tokensPerStream: 150,
    tokensPerSecond: 20,
    gaps: lognormal,
    firstTokenMedianMs: 200,
    firstTokenSigma: 0.3,
    segments: [],
  },
  fixed: {
    summary: 'as steady, with equal gaps: easier to reason about',
    tokensPerStream: 150,
    tokensPerSecond: 20,
    gaps: { kind: 'fixed' },
    firstTokenMedianMs: 200,
    firstTokenSigma: 0,
    segments: [],
  },
  chat: {
    summary: 'a large chat model: 45 tokens/s, 400 tokens, first token after 0.9 s',
    tokensPerStream: 400,
    tokensPerSecond: 45,
    gaps: lognormal,
    firstTokenMedianMs: 900,
    firstTokenSigma: 0.3,
    segments: [],
  },
  fast: {
    summary: 'a fast model: 235 tokens/s, 400 tokens, first token after 0.4 s',
    tokensPerStream: 400,
    tokensPerSecond: 235,
    gaps: lognormal,
    firstTokenMedianMs: 400,
    firstTokenSigma: 0.3,
    segments: [],
  },
  turbo: {
    summary: 'dedicated hardware: 1,500 tokens/s, 1,000 tokens, first token after 0.2 s',
    tokensPerStream: 1000,
    tokensPerSecond: 1500,
    gaps: lognormal,
    firstTokenMedianMs: 200,
    firstTokenSigma: 0.3,
    segments: [],
  },
  seed: {
    summary: 'the demo of the article that this project began from: 10 messages, one a second',
    tokensPerStream: 10,
    tokensPerSecond: 1,
    gaps: { kind: 'fixed' },
    firstTokenMedianMs: 0,
    firstTokenSigma: 0,
    segments: [],
  },
  'azure-chat': fitted('azure-chat', { tokensPerSecond: 45, firstTokenMedianMs: 900 }),
  'azure-code': fitted('azure-code', { tokensPerSecond: 45, firstTokenMedianMs: 400 }),
} as const satisfies Record<string, NamedWorkload>;

/** @param speed Of chat models; no trace has it. */
function fitted(
  name: keyof typeof fittedWorkloads,
  speed: Pick<Workload, 'tokensPerSecond' | 'firstTokenMedianMs'>,
): NamedWorkload {
  const { summary, tokensPerStream, lengths, arrivals, source } = fittedWorkloads[name];
  return {
    summary,
    tokensPerStream,
    ...speed,
    lengths,
    arrivals,
    source,
    gaps: lognormal,
    firstTokenSigma: 0.3,
    segments: [],
  };
}
/** Recordings that come with the project; a run folder has a copy of what is replayed. */
export const recordedWorkloads = {
  recorded: {
    summary:
      '8 streams of 48 tokens that were recorded from the Node server in servers/examples: texts and gaps as they came',
    file: '../workloads/recordings/words.ndjson',
  },
} as const satisfies Record<string, { readonly summary: string; readonly file: string }>;

type RecordedName = keyof typeof recordedWorkloads;

const recordedNames = Object.keys(recordedWorkloads) as RecordedName[];

type WorkloadName = keyof typeof namedWorkloads;

/** Those whose times are drawn. */
export const workloadNames = Object.keys(namedWorkloads) as WorkloadName[];

export const allWorkloadNames: readonly string[] = [...workloadNames, ...recordedNames];

/**
 * A workload, and the token file that must be written beside the run when it came from a user's
 * text.
 */
export interface ResolvedWorkload {
  readonly workload: Workload;
  readonly ownTokens: TokenFile | undefined;
}

/**
 * Path of the token file of a saved plan.
 * @throws BenchError WORKLOAD when its tokens are not the ones that the plan was made with.
 */
export function locateTokens(workload: Workload, runFolder: string): string {
  const path = workload.tokenFile === BUNDLED ? bundledPath : join(runFolder, workload.tokenFile);
  const file = readTokenFile(path);
  if (file.tokensSha256 !== workload.tokensSha256) {
    throw new BenchError(
      'WORKLOAD',
      `${path} holds other tokens than the plan of ${runFolder} was made with`,
      {
        hint: 'use the version of streamduel that made the run',
      },
    );
  }
  if (workload.gaps.kind === 'recorded') rememberRecorded(file);
  return path;
}

/** Resolves a name of the catalogue or a file; a name wins over a file. */
export async function resolveWorkload(nameOrFile: string): Promise<ResolvedWorkload> {
  const name = workloadNames.find((known) => known === nameOrFile);
  if (name !== undefined)
    return { workload: bundled(name, namedWorkloads[name]), ownTokens: undefined };
  const recorded = recordedNames.find((known) => known === nameOrFile);
  if (recorded !== undefined) {
    const path = fileURLToPath(new URL(recordedWorkloads[recorded].file, import.meta.url));
    const { workload, ownTokens } = await fromRecording(path);
    return { workload: { ...workload, name: recorded }, ownTokens };
  }
  if (!existsSync(nameOrFile)) {
    throw new BenchError(
      'UNKNOWN_NAME',
      `there is no workload "${nameOrFile}", and no file of that name`,
      {
        hint: `known: ${allWorkloadNames.join(', ')}; or a .json definition, a .ndjson recording, or a text file`,
      },
    );
  }
  switch (extname(nameOrFile).toLowerCase()) {
    case '.json':
      return await fromDefinition(nameOrFile);
    case '.ndjson':
    case '.jsonl':
      return await fromRecording(nameOrFile);
    default:
      return await fromText(nameOrFile);
  }
}

async function fromRecording(path: string): Promise<ResolvedWorkload> {
  const { tokens, timing } = await readReplay(path);
  rememberRecorded(tokens);
  return {
    workload: {
      ...timing,
      segments: [],
      name: basename(path),
      tokenFile: OWN_TOKENS_FILE,
      tokensSha256: tokens.tokensSha256,
    },
    ownTokens: tokens,
  };
}

function bundled(name: string, definition: NamedWorkload): Workload {
  const { summary: _summary, ...rest } = definition;
  return {
    ...rest,
    segments: [...rest.segments],
    name,
    tokenFile: BUNDLED,
    tokensSha256: readTokenFile(bundledPath).tokensSha256,
  };
}

const definitionSchema = workloadSchema
  .omit({ tokenFile: true, tokensSha256: true, name: true })
  .partial()
  .extend({ name: z.string().min(1).optional(), textFile: z.string().optional() })
  .strict();

async function fromDefinition(path: string): Promise<ResolvedWorkload> {
  let definition: z.infer<typeof definitionSchema>;
  try {
    definition = definitionSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new BenchError('WORKLOAD', `${path} is not a workload definition: ${problem}`, {
      cause,
      hint: 'see "Your own workload" in the README for the fields',
    });
  }
  const { textFile, name, ...rest } = definition;
  const base =
    textFile === undefined ? undefined : await fromText(resolve(dirname(path), textFile));
  const start = base?.workload ?? bundled('steady', namedWorkloads.steady);
  const given = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  ) as Partial<Definition>;
  if (given.gaps?.kind === 'recorded')
    throw new BenchError('WORKLOAD', `${path}: gaps of kind "recorded" come with a recording`, {
      hint: 'a recording is a workload by itself: --workload FILE.ndjson',
    });
  const workload = { ...start, ...given, name: name ?? basename(path, '.json') };
  checkSegments(path, workload, base?.ownTokens);
  return { workload, ownTokens: base?.ownTokens };
}

function checkSegments(path: string, workload: Workload, ownTokens: TokenFile | undefined): void {
  const known = (ownTokens ?? readTokenFile(bundledPath)).segments.map((segment) => segment.id);
  const unknown = workload.segments.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new BenchError('WORKLOAD', `${path}: there is no segment "${unknown}"`, {
      hint: `known: ${known.join(', ')}`,
    });
}

/**
 * Lines of JSON are a recording: tokenised as prose, its field names and times would be streamed.
 */
function refuseTrace(path: string): void {
  if (!['.jsonl', '.ndjson'].includes(extname(path).toLowerCase())) return;
  throw new BenchError('WORKLOAD', `${path} has lines of JSON, and a textFile is plain text`, {
    hint: 'a recording is a workload by itself: --workload FILE.ndjson',
  });
}

async function fromText(path: string): Promise<ResolvedWorkload> {
  refuseTrace(path);
  const text = readUtf8(path);
  if (text.trim() === '') throw new BenchError('WORKLOAD', `${path} is empty`);
  // Imported only here: the tokenizer's vocabulary is some MB that named workloads do not need.
  const { tokenFileFromText } = await import('../workloads/token-file.ts');
  const name = basename(path);
  const ownTokens = tokenFileFromText({
    id: 'text',
    title: name,
    text,
    provenance: `read from ${name}`,
  });
  const { summary: _summary, ...steady } = namedWorkloads.steady;
  return {
    workload: {
      ...steady,
      segments: [],
      name,
      tokenFile: OWN_TOKENS_FILE,
      tokensSha256: ownTokens.tokensSha256,
    },
    ownTokens,
  };
}

/** Strict decoding: a file that is not UTF-8 would become other tokens than its author meant. */
function readUtf8(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new BenchError('WORKLOAD', `${path} cannot be read as UTF-8 text: ${messageOf(cause)}`, {
      cause,
    });
  }
}
