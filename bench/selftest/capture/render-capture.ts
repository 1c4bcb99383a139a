// Renders the ground truth as text for a terminal: the path of a token, and whether the stamps of
// the harness agree with the kernel's, for a reader who knows neither the method nor tcpdump.

import { transports } from '../../contract/arms/transports.ts';
import { quantileOf, type Distribution } from '../../contract/distribution.ts';
import type { Gate } from '../../contract/run-file.ts';
import { formatCount, formatSetting, formatValue } from '../../report/format.ts';
import { layOutRow, wrap, type TextColumn } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../../report/paint.ts';
import type { CaptureRefusal } from './capture-refusal.ts';
import type { CapturedTransport, CaptureResult } from './capture-trial.ts';
import { noisyChecks, type CaptureCheck } from './judge-capture.ts';

type Judged = Extract<CaptureResult, { outcome: 'judged' }>;

type Lines = readonly string[];

/** Text of at most 100 columns; ends with a line break. */
export function renderCapture(result: CaptureResult, paint: Paint): string {
  const blocks =
    result.outcome === 'refused'
      ? [refusalLines(result.refusal, paint)]
      : judgedBlocks(result, paint);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function refusalLines({ message, remedy }: CaptureRefusal, paint: Paint): Lines {
  return [
    paint('yellow', 'The stamps were not checked against packets.'),
    ...paragraph(message),
    ...paragraph(`To mend it: ${remedy}`),
  ];
}

function judgedBlocks(result: Judged, paint: Paint): readonly Lines[] {
  return [
    introduction(result, paint),
    wayTable(result, paint),
    ...result.transports.map((captured) => [
      ...checkTable(captured, paint),
      ...facts(captured, paint),
    ]),
    result.ok ? agreement(result, paint) : disagreement(result, paint),
  ];
}

function introduction({ load }: Judged, paint: Paint): Lines {
  const { connections, tokensPerSecond, windowNs } = load;
  return [
    paint(
      'bold',
      'What a token’s way looks like, and whether the harness tells the truth about it',
    ),
    ...paragraph(
      `${formatCount(connections)} connections × ${formatSetting(tokensPerSecond, 'tokens/s')} for ${formatSetting(windowNs, 'ns')} on loopback. ` +
        'The server takes the time when it writes a token, the client when it reads it. Between the two, the kernel takes the time of ' +
        'the packet that carries it, and it knows nothing of the harness. If the harness tells the truth, every packet lies between ' +
        'the two, and the gaps between tokens are the same by either clock.',
    ),
  ];
}

const quantiles = [0, 0.5, 0.9, 0.99, 1] as const;

const wayColumns: readonly TextColumn[] = [
  { width: 14, align: 'left' },
  { width: 24, align: 'left' },
  ...quantiles.map(() => ({ width: 9, align: 'right' as const })),
  // The last cell of a row is never aligned.
  { width: 1, align: 'left' },
];

function wayTable({ transports: captured }: Judged, paint: Paint): Lines {
  const titles = layOutRow(wayColumns, ['', '', 'least', 'p50', 'p90', 'p99', 'most', ''], plain);
  const rows = captured.flatMap(({ transport, writeToWireNs, wireToReceiptNs }) => [
    ...wayRow(transports[transport].title, 'written → packet', writeToWireNs),
    ...wayRow('', 'packet → read', wireToReceiptNs),
  ]);
  return [...titles.map((line) => paint('dim', line)), ...rows];
}

function wayRow(title: string, part: string, times: Distribution | undefined): Lines {
  return layOutRow(
    wayColumns,
    [title, part, ...quantiles.map((q) => formatValue(quantileOf(times, q), 'ns')), ''],
    plain,
  );
}

const checkColumns: readonly TextColumn[] = [
  { width: 56, align: 'left' },
  { width: 12, align: 'right' },
  { width: 24, align: 'left' },
];

function checkTable({ transport, checks }: CapturedTransport, paint: Paint): Lines {
  const titles = layOutRow(checkColumns, [transports[transport].title, 'at most', 'found'], plain);
  const rows = checks.flatMap((check) => {
    const found = formatNumber(check.value, check.unit);
    const cells = [check.title, formatLimit(check), check.ok ? found : `${found}  FAILED`];
    const mark = check.ok ? paint('green', '✓') : paint('red', '✗');
    return layOutRow(checkColumns, cells, check.ok ? plain : (text) => paint('red', text)).map(
      (line) => `${mark} ${line}`,
    );
  });
  return [...titles.map((line) => `  ${paint('dim', line)}`), ...rows];
}

/** Renders facts that are reported but not judged. */
function facts(captured: CapturedTransport, paint: Paint): Lines {
  const {
    packets,
    plannedTokens,
    matchedTokens,
    tokensPerSegment,
    splitTokens,
    cutSegments,
    streamsUnseen,
    deliveryP50Ns,
  } = captured;
  const carried = tokensPerSegment.map(
    ({ tokens, segments }) =>
      `${formatCount(segments)} packet${segments === 1 ? '' : 's'} carried ${tokens}`,
  );
  const wasLossy = packets.dropped === undefined || packets.dropped > 0;
  return [
    ...indented(
      `${[`${formatCount(matchedTokens)} of ${formatCount(plannedTokens)} tokens found`, ...carried].join(', ')}; ` +
        `${formatCount(splitTokens)} were spread over several.`,
    ),
    ...indented(
      `tcpdump captured ${formatCount(packets.packets)} packets, those of the warm-up included, and lost ${formatCount(packets.dropped)}.`,
    ).map((line) => (wasLossy ? paint('yellow', line) : line)),
    ...(cutSegments > 0
      ? indented(
          `${formatCount(cutSegments)} packets were captured only in part: their tokens cannot be found.`,
        )
      : []),
    ...(streamsUnseen > 0
      ? indented(`${formatCount(streamsUnseen)} streams have no connection in the capture.`)
      : []),
    ...indented(
      `Delivery p50 is ${formatValue(deliveryP50Ns.captured, 'ns')} here and ${formatValue(deliveryP50Ns.uncaptured, 'ns')} in one trial ` +
        'without tcpdump: what capturing changes, and the noise between two trials.',
    ),
  ];
}

function agreement({ transports: captured }: Judged, paint: Paint): Lines {
  const names = captured.map(({ transport }) => transports[transport].title).join(', ');
  return paragraph(`The stamps of the harness agree with the kernel’s: ${names}.`).map((line) =>
    paint('green', line),
  );
}

function disagreement({ transports: captured }: Judged, paint: Paint): Lines {
  const missed = captured.flatMap(({ transport, checks, missedGates }) => {
    const title = transports[transport].title;
    const invalid = missedGates.filter(({ kind }) => kind === 'correctness');
    return [...checks.filter(({ ok }) => !ok), ...invalid].map((check) => ({ title, check }));
  });
  const disturbances = captured.flatMap(({ transport, missedGates }) =>
    missedGates
      .filter(({ kind }) => kind !== 'correctness')
      .map(
        ({ title, value, unit }) =>
          `${transports[transport].title}: ${title} ${formatNumber(value, unit)}`,
      ),
  );
  const mayBeNoise =
    disturbances.length > 0 && missed.every(({ check }) => noisyChecks.has(check.id));
  return [
    ...missed
      .flatMap(({ title, check }) =>
        paragraph(`FAILED: ${title}, ${check.title}: ${formatNumber(check.value, check.unit)}`),
      )
      .map((line) => paint('red', line)),
    ...paragraph(
      mayBeNoise
        ? `The machine was not quiet (${disturbances.join('; ')}). Stop other programs and repeat.`
        : 'Do not trust a measurement of this machine before it is known why.',
    ),
  ];
}

function formatNumber(value: number | undefined, unit: Gate['unit']): string {
  return unit === 'ns' || unit === 'ratio' || unit === 'bytes'
    ? formatValue(value, unit)
    : formatCount(value);
}

function formatLimit({ limit, unit }: CaptureCheck): string {
  return unit === 'ns' ? formatSetting(limit, 'ns') : formatCount(limit);
}

function plain(text: string): string {
  return text;
}

function paragraph(text: string): Lines {
  return wrap(text, TERMINAL_COLUMNS);
}

function indented(text: string): Lines {
  return wrap(text, TERMINAL_COLUMNS - 2).map((line) => `  ${line}`);
}
