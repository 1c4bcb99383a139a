// Analyses the streams that a page received: which browser it was, and how well its clock was
// known.

import { hasUnseenFrames, reusesConnections, type Arm } from '../contract/arms/arms.ts';
import { isBrowser } from '../contract/arms/stacks.ts';
import { originUncertaintyNs } from '../contract/browser.ts';
import { isSteady, type MeasuredLoadPoint } from './measured-trials.ts';
import type { ScenarioReading } from './scenario-reading.ts';
import { median } from './statistics/moments.ts';

/** The page of an arm over all its trials. */
export interface PageOfArm {
  readonly arm: string;
  /** Versions as the browser reports them; more than one when it was changed between trials. */
  readonly versions: readonly string[];
  /** True when the page was cross-origin isolated in every trial. */
  readonly isIsolated: boolean;
  /** Coarsest clock resolution of all trials. */
  readonly resolutionNs: number | undefined;
  /** Bound on the error of any stamp of the page against those of the server. */
  readonly uncertaintyNs: {
    readonly median: number | undefined;
    readonly worst: number | undefined;
  };
  /** Trials in which the clock was found to have moved between its two measurements. */
  readonly moved: number;
  readonly trials: number;
}

export interface BrowserAnalysis {
  readonly arms: readonly PageOfArm[];
}

/**
 * undefined for a run without a receiving page, and for a scenario in which a browser does
 * something else than receive tokens.
 */
export function analyseBrowser(
  loadPoints: readonly MeasuredLoadPoint[],
  { metrics }: Pick<ScenarioReading, 'metrics'>,
): BrowserAnalysis | undefined {
  if (!metrics.some(({ needs }) => needs === 'page')) return undefined;
  const measured = loadPoints
    .flatMap(({ arms }) => arms)
    .filter(({ arm }) => isBrowser(arm.client));
  if (measured.length === 0) return undefined;
  const byName = Map.groupBy(measured, ({ name }) => name);
  return {
    arms: [...byName].map(([arm, several]) => {
      const trials = several
        .flatMap(({ completed }) => completed.filter(isSteady))
        .flatMap(({ client }) => client.browser ?? []);
      const uncertainties = trials.map(({ clock }) => originUncertaintyNs(clock));
      return {
        arm,
        versions: [...new Set(trials.map(({ version }) => version))],
        isIsolated: trials.length > 0 && trials.every(({ isIsolated }) => isIsolated),
        resolutionNs: largest(trials.map(({ resolutionNs }) => resolutionNs)),
        uncertaintyNs: { median: median(uncertainties), worst: largest(uncertainties) },
        moved: trials.filter(
          ({ clock: { before, after } }) =>
            before.lowNs > after.highNs || after.lowNs > before.highNs,
        ).length,
        trials: trials.length,
      };
    }),
  };
}

/** Metrics that need access to the client's sockets, reads or process. */
const unseen: ReadonlySet<string> = new Set([
  'connect.p50',
  'cpu.client.token',
  'elu.client',
  'coalescing',
  'calls.client.token',
]);
/** Metrics from the kernel's counts of a connection, which assume that it carried one stream. */
const unseparated: ReadonlySet<string> = new Set([
  'bytes.token.tcp',
  'bytes.token.wire',
  'bytes.token.wire.without-id',
  'segments.token',
]);

/** Metrics that contain the frames of tokens. */
const framed: ReadonlySet<string> = new Set([
  'bytes.token',
  'bytes.framing',
  'bytes.token.without-id',
]);

/** Why no trial of a page has a metric; undefined when the page is not the reason. */
export function whyUnseen(
  metric: string,
  { client, transport }: Pick<Arm, 'client' | 'transport'>,
): string | undefined {
  if (!isBrowser(client)) return undefined;
  if (unseen.has(metric)) return 'cannot be seen of a page';
  if (framed.has(metric) && hasUnseenFrames({ client, transport }))
    return 'a page does not see the frames of HTTP/2';
  return unseparated.has(metric) && reusesConnections({ client, transport })
    ? 'a browser keeps its connections: they carried other streams, too'
    : undefined;
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
