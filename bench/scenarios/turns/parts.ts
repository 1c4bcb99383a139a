// Report parts of scenario `turns` besides its verdicts.

import type { Analysis } from '../../analysis/analysis.ts';
import { networkTitle } from '../../contract/turn-conditions.ts';
import { replyNs } from '../../contract/turn-times.ts';
import { formatCount, formatPercent, formatSetting, formatValue } from '../../report/format.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import type { ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { wrap } from '../../report/text-layout.ts';
import { renderCells } from './cells-section.ts';
import {
  effectSentences,
  networkHeading,
  renderEffects,
  renderRoundTrips,
  renderTurnVerdicts,
} from './effects-section.ts';
import type { TurnsFindings } from './findings.ts';
import { renderSteps, stepSentences } from './steps-section.ts';

export const turnsParts: ScenarioParts<TurnsFindings> = {
  title: 'turn after turn of an agent',
  metricGroups: [{ title: 'Turns', words: ['turn'] }],
  hasManyPoints: true,
  takesProbeOnly: true,
  circumstances,
  drawnFor: ' and way of sending',
  perTrial: () => 'one conversation a trial',
  verdicts: renderTurnVerdicts,
  sections: (context) => [
    renderSteps(context),
    renderEffects(context),
    renderRoundTrips(context),
    forWhom(context),
    renderCells(context),
  ],
  terminal,
  asymmetries: () => [
    'A turn is the same JSON in every arm, and the same code of the server takes it. By POST it is the body of a request; over WebSocket it is one message, which the client must mask and the server unmask (RFC 6455 §5.3): a pass over its bytes on either side that HTTP has not.',
    'A WebSocket that is opened for a turn sends it after the answer to its upgrade: the request of an upgrade can carry no message.',
    'A connection that is not kept is closed by the client when the reply is whole, over both transports without a closing handshake.',
    'With state, the server keeps what it had and said, and reads only what is new. It computes the same digest of the whole context in both cases, so that what differs is what travels and is parsed.',
  ],
  limits: (analysis) => [
    `A reply takes ${formatSetting(replyNs(analysis.plan.workload), 'ns')} here, from a model that is far faster than most. The milliseconds that a factor saves do not depend on it, the percentages do: over a reply of 10 s, 80 ms are ${formatPercent(0.008, 1)}.`,
    'The relay has round trips and a limited uplink, but no loss and no congestion control. Over a real network a new connection sends some ten segments before it must wait for an answer (RFC 6928), and a kept one that was idle may begin so again (RFC 5681 §4.1): a long history then takes further round trips, so resending costs more than here.',
    'TLS takes one round trip more for each new connection (RFC 8446 §2), over either transport: a kept connection saves it, too.',
    'A model that keeps the context also saves the work of reading it again, which can be far more than all of this. It is a matter of its state, and of no transport; there is no model here.',
  ],
  settings: ({ plan }) => [
    ['turns of a conversation', formatCount(plan.turns?.turns)],
    ['added in a turn', formatSetting(plan.turns?.inputBytes ?? 0, 'bytes')],
    ['tokens of a reply', formatCount(plan.workload.tokensPerStream)],
  ],
};

function circumstances({ plan }: Analysis): string {
  const { workload, turns, loadPoints } = plan;
  const networks = new Set(
    loadPoints.flatMap(({ turns: conditions }) =>
      conditions === undefined ? [] : [networkTitle(conditions)],
    ),
  );
  return (
    `One client holds a conversation of ${formatCount(turns?.turns)} turns: it sends the result of a tool of ${formatSetting(turns?.inputBytes ?? 0, 'bytes')}, receives a reply of ${formatCount(workload.tokensPerStream)} tokens, and sends the next as soon as it has the last.` +
    ` A reply by itself takes ${formatValue(replyNs(workload), 'ns')}. Crossed are a new or a kept connection, the whole history resent or only what is new, and the transports, over ${[...networks].join('; ')}.`
  );
}

/** What follows from what the run has found for whoever chooses. */
function forWhom({ analysis }: ReportContext<TurnsFindings>) {
  return analysis.turns.networks.some(({ effects }) => effects.some(({ difference }) => difference))
    ? [
        { kind: 'heading', level: 2, text: 'For whom duplex pays' } as const,
        'No turn here used that a WebSocket carries both directions at once: a client that waits for a reply before it sends its next turn cannot. What the tables above show of a kept connection and of state, a POST can have as well: HTTP clients keep connections by themselves, and `previous_response_id` is a field of a body.' +
          ' Both directions at once are used by those who send while a reply streams: a stop, a message to the stream, a voice. What that saves them is measured by `cancel`, `steer` and `voice`.',
      ]
    : [];
}

function terminal(context: ReportContext<TurnsFindings>): readonly string[] {
  return context.analysis.turns.networks.flatMap((network) => {
    const sentences = [...stepSentences(context, network), ...effectSentences(context, network)];
    return sentences.length === 0
      ? []
      : [
          [
            ...wrap(`${networkHeading(context, network)}:`, TERMINAL_COLUMNS),
            ...sentences.flatMap((sentence) => wrap(sentence, TERMINAL_COLUMNS)),
          ].join('\n'),
        ];
  });
}
