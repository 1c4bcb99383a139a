// Says in words what each way of stopping costs, from its cells alone.

import { stopWays } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import { formatCount, formatSetting, formatValue, UNKNOWN } from '../../report/format.ts';
import { listWords } from '../../report/mechanisms.ts';
import type { WayCells } from '../../report/told-ways.ts';
import type { StopCellFinding } from './findings.ts';

type WayFindings = WayCells<StopCellFinding>;

/** What the client does, how long the server goes on, and how much it generates in vain. */
export function describeWay({ way, title, active, quiet }: WayFindings): string {
  const times = active.filter(({ stopped }) => stopped > 0).map(describeActive);
  const does = `**${title}**: the client ${stopWays[way].act}.`;
  if (times.length === 0) return `${does} No active stream was stopped.`;
  return `${does} The server goes on ${times.join('; ')}.${quietText(active, quiet)}`;
}

function quietText(active: readonly StopCellFinding[], quiet: readonly StopCellFinding[]): string {
  if (quiet.every(({ stopped }) => stopped === 0)) return '';
  const unlike = quiet.filter((cell, index) => differs(cell, active[index]));
  return unlike.length === 0
    ? ' A quiet stream is stopped no later.'
    : ` With a quiet stream it goes on ${unlike.map(timeText).join('; ')}.`;
}

function describeActive(cell: StopCellFinding): string {
  const { vainTokens, vainBytes, latencyNs } = cell;
  if (latencyNs === undefined || vainTokens === undefined) return timeText(cell);
  return `${timeText(cell)}, with ${vainTokens.toFixed(1)} tokens (${formatValue(vainBytes, 'bytes')}) in vain`;
}

/** `for 41.0 ms (0.51 round trips) over a round trip of 80 ms` */
function timeText({
  latencyNs,
  roundTrips,
  roundTripNs,
  unnoticed,
  stopped,
}: StopCellFinding): string {
  const place =
    roundTripNs === undefined
      ? 'without a round trip'
      : `over a round trip of ${formatSetting(roundTripNs, 'ns')}`;
  if (latencyNs === undefined) return `beyond the end of a trial ${place}`;
  const trips = roundTrips === undefined ? '' : ` (${roundTrips.toFixed(2)} round trips)`;
  const lost =
    unnoticed === 0
      ? ''
      : `, and with ${formatCount(unnoticed)} of ${formatCount(stopped)} streams beyond the end of the trial`;
  return `for ${formatValue(latencyNs, 'ns')}${trips} ${place}${lost}`;
}

/** A quiet stream needs a sentence where it takes visibly longer: half as long again, and 5 ms. */
const VISIBLY_NS = 5e6;

function differs(quiet: StopCellFinding, active: StopCellFinding | undefined): boolean {
  if (quiet.latencyNs === undefined || active?.latencyNs === undefined)
    return quiet.stopped > 0 && quiet.latencyNs !== active?.latencyNs;
  return (
    quiet.latencyNs > 1.5 * active.latencyNs && quiet.latencyNs > active.latencyNs + VISIBLY_NS
  );
}

/** Whether a connection is left for the next stream, and what else a way needs. */
export function needsRows(cells: readonly StopCellFinding[]): readonly (readonly string[])[] {
  return [...Map.groupBy(cells, ({ way }) => way)].map(([way, own]) => {
    const titles = [...new Set(own.map(({ transport }) => transports[transport].title))];
    const sent = own.flatMap(({ sentBytes }) => sentBytes ?? []);
    const { needs, leaves, roundTrips, title } = stopWays[way];
    return [
      title,
      listWords(titles),
      needs,
      roundTrips.toFixed(1),
      sent.length === 0 ? UNKNOWN : formatValue(Math.max(...sent), 'bytes'),
      leaves,
    ];
  });
}
