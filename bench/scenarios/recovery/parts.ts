// Report parts of scenarios `reconnect` and `herd`: they ask when streams resume and what was lost,
// not how promptly tokens arrive.

import type { RecoveryFindings } from './findings.ts';
import type { Content } from '../../report/blocks.ts';
import { planFaultRatios, RATIO_CHART } from './charts/fault-ratios.ts';
import { HERD_CHART, planHerdRecoveries } from './charts/herd-recovery.ts';
import { CLOCK_CHART, planReconnectClocks } from './charts/reconnect-clock.ts';
import { absentSentences, renderAbsentFaults } from './report/absent-faults.ts';
import { faultAsymmetries } from './report/asymmetries.ts';
import { faultCircumstances, faultSettings, policyConditions } from './report/circumstances.ts';
import { renderClientViews } from './report/client-views.ts';
import { renderClock } from './report/clock.ts';
import { renderDeadPeers } from './report/dead-peers.ts';
import { renderFaultVerdicts, renderFaultVerdictText } from './report/fault-verdicts.ts';
import { renderHerdText } from './report/herd-text.ts';
import { renderHerd } from './report/herd.ts';
import { renderLosses } from './report/losses.ts';
import { faultMoments, limitsOfFaults, readingOfFaults } from './report/reading.ts';
import { faultGroups, isHerd, type RecoveryContext } from './report/recovery-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import type { ChartLink } from '../../report/sections/chart-links.ts';
import type { Paint } from '../../report/paint.ts';

const recoveryParts: Omit<ScenarioParts<RecoveryFindings>, 'title'> = {
  circumstances: faultCircumstances,
  conditions: policyConditions,
  drawnFor: ', fault and load',
  verdicts: (context, charts) => renderFaultVerdicts(context, chartsOf(charts, RATIO_CHART)),
  evidence,
  charts: (context) => [
    ...planFaultRatios(context),
    ...planHerdRecoveries(context),
    ...planReconnectClocks(context),
  ],
  verdictText,
  notes: absentSentences,
  metricGroups: [
    {
      title: 'Noticing and coming back',
      words: [
        'detect',
        'reconnect',
        'attempts',
        'accepts',
        'resumed',
        'healed',
        'caughtup',
        'gap',
        'recovered',
      ],
      before: 'Delivery',
    },
    { title: 'Loss and repetition', words: ['lost', 'duplicated', 'replayed'], before: 'Delivery' },
    { title: 'Peers', words: ['peers'], before: 'Ordinary requests' },
  ],
  hasManyPoints: true,
  outlivesConnections: true,
  reading: readingOfFaults,
  alike: 'due times, pacer, replay buffers, heartbeat interval, what the fault does and when',
  asymmetries: faultAsymmetries,
  machineLimits: limitsOfFaults,
  settings: faultSettings,
  moments: faultMoments,
  quantilesOver: 'clients or tokens',
};

export const reconnectParts: ScenarioParts<RecoveryFindings> = {
  title: 'when connections break',
  ...recoveryParts,
};

export const herdParts: ScenarioParts<RecoveryFindings> = {
  title: 'when a server dies and every client comes back at once',
  ...recoveryParts,
};

function evidence(context: RecoveryContext, charts: readonly ChartLink[]): Content {
  return [
    renderHerd(context, chartsOf(charts, HERD_CHART)),
    renderClock(context, chartsOf(charts, CLOCK_CHART)),
    renderLosses(context),
    renderClientViews(context),
    renderDeadPeers(context),
    renderAbsentFaults(context),
  ];
}

function chartsOf(charts: readonly ChartLink[], prefix: string): readonly ChartLink[] {
  return charts.filter(({ file }) => file.startsWith(prefix));
}

function verdictText(context: RecoveryContext, paint: Paint): readonly string[] {
  return faultGroups(context).flatMap((group) => [
    renderFaultVerdictText(context, group, paint),
    isHerd(context) ? renderHerdText(context, group, paint) : '',
  ]);
}
