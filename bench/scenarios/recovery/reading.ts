import { recoveryMetrics } from './metrics.ts';
import type { RecoveryFindings } from './findings.ts';
import { analyseRecovery } from './analyse-recovery.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';
import { clientStacks } from '../../contract/arms/stacks.ts';

export const recoveryReading: ScenarioReading<RecoveryFindings> = {
  metrics: recoveryMetrics,
  // Times here are tenths of a second and more, far above those of a bare socket.
  floor: 'none',
  // The time to resume compares transports only if all clients wait by the identical policy; else
  // it compares chosen waiting times.
  isEndpointAt: (_endpoint, { loadPoint, arms }) =>
    loadPoint.policy !== 'as-specified' &&
    !arms.some(({ client }) => clientStacks[client].reconnectsItself),
  isLateByDesign: () => true,
  findings: ({ header: { plan } }, loadPoints) => ({ recovery: analyseRecovery(plan, loadPoints) }),
};
