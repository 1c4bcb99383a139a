// Procedure `page`: pages of one browser request more streams than it opens.

import assert from 'node:assert/strict';
import type { BrowserLimitsTrial } from '../../../contract/run-file.ts';
import { NS_PER_S } from '../../../contract/units.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { specifyTrial } from '../../../trial/specification.ts';
import { measurePage, type PageReadings } from './measure.ts';
import { recordPage } from './record.ts';

/** Far above the time that a browser takes, and below the ten minutes that a stream lasts. */
const LONGEST_NS = 240 * NS_PER_S;

export const page: Procedure<'browser-limits-tally', PageReadings, BrowserLimitsTrial> = {
  id: 'page',
  tally: 'browser-limits-tally',
  specify: (planned, options) => {
    const { windowNs, browserLimits } = options.plan;
    assert(browserLimits !== undefined, 'a plan of this procedure says what the pages request');
    return {
      ...specifyTrial(planned, options),
      rehearsalTokens: 0,
      rampNs: 0,
      windowNs,
      browserLimits,
    };
  },
  opening: () => ({ extraNs: LONGEST_NS }),
  measure: measurePage,
  record: recordPage,
};

export const runner = runnerOf(page);
