// The part of an analysis that is about streams which a page received: which browser, and how well its clock was known.

import { originUncertaintyNs } from '../contract/browser.ts';
import type { Plan } from '../contract/run-file.ts';
import { isBrowser, type Arm } from '../contract/transports.ts';
import { isSteady, type MeasuredLoadPoint } from './measured-trials.ts';
import { median } from './statistics/moments.ts';

/** Over all trials of an arm. */
export interface PageOfArm {
  readonly arm: string;
  /** As the browser names itself; more than one where it was changed between trials. */
  readonly versions: readonly string[];
  /** Cross-origin isolated in every trial. */
  readonly isIsolated: boolean;
  /** Coarsest of all trials. */
  readonly resolutionNs: number | undefined;
  /** How far any stamp of the page may be off against those of the server. */
  readonly uncertaintyNs: { readonly median: number | undefined; readonly worst: number | undefined };
  /** Trials in which the clock was found to have moved between its two measurements. */
  readonly moved: number;
  readonly trials: number;
}

export interface BrowserAnalysis {
  readonly arms: readonly PageOfArm[];
}

/** Undefined for a run without a page that received, as one that asked what a browser opens. */
export function analyseBrowser(
  { browserLimits }: Pick<Plan, 'browserLimits'>,
  loadPoints: readonly MeasuredLoadPoint[],
): BrowserAnalysis | undefined {
  if (browserLimits !== undefined) return undefined;
  const measured = loadPoints.flatMap(({ arms }) => arms).filter(({ arm }) => isBrowser(arm.client));
  if (measured.length === 0) return undefined;
  const byName = Map.groupBy(measured, ({ name }) => name);
  return {
    arms: [...byName].map(([arm, several]) => {
      const trials = several.flatMap(({ completed }) => completed.filter(isSteady)).flatMap(({ client }) => client.browser ?? []);
      const uncertainties = trials.map(({ clock }) => originUncertaintyNs(clock));
      return {
        arm,
        versions: [...new Set(trials.map(({ version }) => version))],
        isIsolated: trials.length > 0 && trials.every(({ isIsolated }) => isIsolated),
        resolutionNs: largest(trials.map(({ resolutionNs }) => resolutionNs)),
        uncertaintyNs: { median: median(uncertainties), worst: largest(uncertainties) },
        moved: trials.filter(({ clock: { before, after } }) => before.lowNs > after.highNs || after.lowNs > before.highNs).length,
        trials: trials.length,
      };
    }),
  };
}

/** Metrics that need a look at the client's sockets, reads or process. */
const unseen: ReadonlySet<string> = new Set(['connect.p50', 'cpu.client.token', 'elu.client', 'coalescing', 'calls.client.token']);
/** Metrics of the kernel's counts of a connection, as if it had carried one stream. */
const unseparated: ReadonlySet<string> = new Set(['bytes.token.tcp', 'bytes.token.wire', 'bytes.token.wire.without-id', 'segments.token']);

/** Why no trial of a page has a metric; undefined where that is not for the page. */
export function whyUnseen(metric: string, { client, transport }: Pick<Arm, 'client' | 'transport'>): string | undefined {
  if (!isBrowser(client)) return undefined;
  if (unseen.has(metric)) return 'cannot be seen of a page';
  return unseparated.has(metric) && transport === 'sse' ? 'a browser keeps its connections: they carried other streams, too' : undefined;
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
