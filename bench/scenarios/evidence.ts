// The answers of scenarios to the questions that claims ask, beyond their verdicts. To add some: a
// file in the scenario's folder, and its line here.

import type { EvidenceByScenario } from '../claims/claim-reading.ts';
import { browserLimitsEvidence } from './browser-limits/evidence.ts';
import { proxiesEvidence } from './proxies/evidence.ts';
import { recoveryEvidence } from './recovery/evidence.ts';
import { streamEvidence } from './stream/evidence.ts';

export const evidenceByScenario: EvidenceByScenario = {
  stream: streamEvidence,
  reconnect: recoveryEvidence,
  herd: recoveryEvidence,
  proxies: proxiesEvidence,
  'browser-limits': browserLimitsEvidence,
};
