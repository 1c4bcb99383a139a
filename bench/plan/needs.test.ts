import { expect, it } from 'vitest';
import type { Arm } from '../contract/arms/arms.ts';
import { BenchError } from '../contract/errors.ts';
import { checkNeeds, meets, type Needs } from './needs.ts';

function refusalOf(
  arms: readonly Arm[],
  needs: Needs,
  takers: readonly string[] = [],
): BenchError | undefined {
  try {
    checkNeeds(arms, { scenario: 'burst', needs, takers: () => takers });
    return undefined;
  } catch (error) {
    if (error instanceof BenchError) return error;
    throw error;
  }
}

const sse: Arm = { transport: 'sse', client: 'probe', path: 'direct' };

it('arms that can do what the scenario needs are taken', () => {
  expect(
    refusalOf(
      [sse, { ...sse, transport: 'ws', client: 'library' }],
      ['single-streams', 'own-sockets', 'told-attempts'],
    ),
  ).toBeUndefined();
});

it('the first arm that lacks something is named, with the stacks that would do over its transport, and the scenarios that take it', () => {
  const page: Arm = { ...sse, transport: 'ws', client: 'browser', path: 'relay' };
  expect(refusalOf([sse, page], ['own-sockets'], ['stream'])).toMatchObject({
    code: 'USAGE',
    message:
      '--client browser: expected probe or library in scenario burst: ws/browser@relay is received by a page, whose sockets and reads cannot be seen',
    hint: 'scenarios that take it: stream',
  });
});

it('a transport that lacks something is named with the transports that its client speaks and that have it', () => {
  expect(refusalOf([{ ...sse, transport: 'tcp' }], ['unplanned-streams'])).toMatchObject({
    message:
      '--transports tcp: expected sse, ws, sse-post, ndjson, sse-gzip, ws-binary, ws-deflate, ws-deflate-no-takeover, sse-h2:K or buffered in scenario burst: tcp has no words to ask for a stream that was not planned',
    hint: undefined,
  });
});

it('where no other part would do, another arm is asked for', () => {
  expect(
    refusalOf([{ ...sse, client: 'library' }], ['page-interfaces', 'stopped-reading'])?.message,
  ).toContain(
    '--client library: expected another arm in scenario burst: sse/library is not received by a page',
  );
});

it('what is missing is missing however else the arm suits', () => {
  expect(meets(['single-streams', 'shared-connections'], sse)).toBe(true);
  expect(meets(['single-streams', 'shared-connections'], { ...sse, client: 'library' })).toBe(
    false,
  );
});

it('an answer that is sent as a whole is refused where tokens are to come one by one', () => {
  expect(refusalOf([{ ...sse, transport: 'buffered' }], ['incremental'])?.message).toContain(
    'buffered sends a stream as a whole, once all of it is generated',
  );
});
