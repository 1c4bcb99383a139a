import { expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import type { BrowserLimitsTally } from '../../contract/browser-limits.ts';
import type { Answer } from '../../claims/claim-reading.ts';
import { browserLimitsEvidence } from './evidence.ts';
import { limitsRun, waitingTally } from './fixture.ts';
import { browserLimitsReading } from './reading.ts';

function ask(tallyOf?: (arm: string, block: number) => BrowserLimitsTally): readonly Answer[] {
  const options = tallyOf === undefined ? {} : { tallyOf };
  const analysis = analyse(limitsRun({ blocks: 3, ...options }), browserLimitsReading);
  return browserLimitsEvidence['more-streams-than-http1']!(analysis);
}

it('a browser opens more event streams over HTTP/2 in the blocks in which it did', () => {
  expect(ask()).toMatchObject([
    { arms: ['sse/browser', 'sse-h2+tls/browser'], endpoint: 'limits.streams', held: 3, of: 3 },
    { arms: ['sse/browser', 'sse-h2:1000+tls/browser'], held: 3, of: 3 },
  ]);
});

it('and not where as many opened', () => {
  expect(ask(() => waitingTally)).toMatchObject([
    { held: 0, of: 3 },
    { held: 0, of: 3 },
  ]);
});
