// Cases that minimal programs are known to fail, and why: what their platform or library has no
// means for, or what a client that only listens leaves out. Everything else must pass.

import { isInPage, type CodeMeasure, type MeasuredProgram } from '../../contract/code-measure.ts';

interface KnownFailures {
  /** `client event-source` */
  readonly programs: readonly string[];
  /** Whether it concerns a page alone. */
  readonly isOfPage?: true;
  readonly cases: readonly string[];
  readonly why: string;
}

const SLOW_READER = 'a slow reader holds back the server, and still gets every token';
const LISTENING = ['client event-source-listening', 'client websocket-listening'];

const knownFailures: readonly KnownFailures[] = [
  {
    programs: ['client event-source', 'client websocket', ...LISTENING],
    cases: [SLOW_READER],
    why: 'Its interface hands over events as they come and cannot pause.',
  },
  {
    programs: ['client sse', 'client sse-parser', 'client sse-post', 'client sse-post-parser'],
    isOfPage: true,
    cases: [SLOW_READER],
    why: 'Chromium reads tens of MiB of the response of a fetch ahead of the page.',
  },
  {
    programs: LISTENING,
    cases: [
      'it comes back after a proxy answered 503 for 1 s',
      'silence is noticed, and the stream resumed',
      'a server that lost its state ends the stream with a failure',
      'tokens that are no longer kept end the stream with a failure',
      'a stop reaches the generation, and no token follows',
      'a stop while the connection is away reaches the generation afterwards',
    ],
    why: 'It only listens.',
  },
  {
    programs: ['client websocket-listening'],
    cases: [
      'after three ends within events it resumes without loss or repetition',
      'after three resets within events it resumes without loss or repetition',
      'a connection that is cut within its head is opened again',
      'it comes back after connections were refused for 1 s',
      'a new server on the same port goes on where the old one stopped',
    ],
    why: 'A WebSocket does not come back by itself.',
  },
  {
    programs: ['client event-source'],
    isOfPage: true,
    cases: ['retry-beyond-64-bits', 'retry-empty', 'retry-without-colon'],
    why: 'As in `clients/conformance/known-divergences.ts`.',
  },
  {
    programs: ['client sse-parser', 'client sse-post-parser'],
    cases: ['mistaken-bom'],
    why: 'As in `clients/conformance/known-divergences.ts`.',
  },
  {
    programs: ['client websocket'],
    isOfPage: true,
    cases: [
      'text that is not UTF-8',
      'text with half of a surrogate pair',
      'text whose fragments cut a character that never ends',
      'a reason that is not UTF-8',
    ],
    why: 'Chromium closes with 1002 where RFC 6455 has 1007.',
  },
];

interface Failure {
  /** `client event-source` */
  readonly program: string;
  readonly isInPage: boolean;
  readonly how: string;
  readonly name: string;
  readonly why: string;
}

/** Lines about failures that are not known, and about known ones that passed. */
export function unknownFailures({ browser, clients, servers }: CodeMeasure): readonly string[] {
  const failures = [
    ...clients.flatMap((program) => failuresOf(`client ${program.id}`, program)),
    ...servers.flatMap((program) => failuresOf(`server ${program.id}`, program)),
  ];
  const known = knownFailures.flatMap(({ programs, cases, isOfPage = false }) =>
    programs.flatMap((program) => cases.map((name) => ({ program, name, isOfPage }))),
  );
  const areSame = (failure: Failure, one: (typeof known)[number]): boolean =>
    failure.program === one.program &&
    failure.name === one.name &&
    (failure.isInPage || !one.isOfPage);
  return [
    ...failures
      .filter((failure) => !known.some((one) => areSame(failure, one)))
      .map(({ program, how, name, why }) => `${program}, ${how}: ${name}: ${why}`),
    ...known
      .filter((one) => browser !== undefined || !one.isOfPage)
      .filter((one) => !failures.some((failure) => areSame(failure, one)))
      .map(({ program, name }) => `${program} passes now: ${name}`),
  ];
}

function failuresOf(program: string, { conformance, faults }: MeasuredProgram): readonly Failure[] {
  return [conformance, ...faults].flatMap((tried) =>
    tried.failed.map(({ name, why }) => ({
      program,
      isInPage: isInPage(tried),
      how: tried.how,
      name,
      why,
    })),
  );
}
