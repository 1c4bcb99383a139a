// Summarises what each path did to streams, arm by arm: medians over trials, and differences to
// loopback within blocks. Nothing is tested.

import assert from 'node:assert/strict';
import { DEFAULT_PATH } from '../../contract/arms/paths.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { ProxyCellsRecord } from '../../contract/proxy-cells.ts';
import type { Plan, ProxyCellsTrial } from '../../contract/run-file.ts';
import { NS_PER_S } from '../../contract/units.ts';
import type { MeasuredArm, MeasuredLoadPoint } from '../../analysis/measured-trials.ts';
import { median } from '../../analysis/statistics/moments.ts';
import {
  cutOf,
  deliveryNs,
  exchangeOf,
  firstTokenNs,
  isBusy,
  isHeld,
  librariesOf,
  mostTokensPerRead,
  openNs,
  restartOf,
  stopReach,
  streamsOf,
  swallowed,
  tokensPerRead,
  type RestartReading,
  type Swallowed,
  type Wait,
} from './cell-values.ts';
import { exchangeChanges, type ExchangeChanges } from './exchange-changes.ts';
import type { ArmCells, Cut, Happening, LibraryRestart, Stall } from './findings.ts';

export function analyseProxies(
  { proxyCells }: Pick<Plan, 'proxyCells'>,
  points: readonly MeasuredLoadPoint[],
): readonly ArmCells[] {
  assert(proxyCells !== undefined, 'a plan of this scenario must have its settings');
  const { pacedTokens, pacedTokensPerSecond } = proxyCells;
  // Gaps vary; half of the mean length is still far beyond any delay of a path that holds nothing.
  const lastDueNs = (NS_PER_S * pacedTokens) / pacedTokensPerSecond / 2;
  return points.flatMap(({ arms }) =>
    arms.map((measured) => describeArm(measured, directOf(measured, arms), lastDueNs)),
  );
}

/** The arm over loopback of the same transport, TLS and client; undefined where none took part. */
function directOf(
  { arm: { transport, tls, client } }: MeasuredArm,
  arms: readonly MeasuredArm[],
): MeasuredArm | undefined {
  return arms.find(
    ({ arm }) =>
      arm.path === DEFAULT_PATH &&
      arm.transport === transport &&
      arm.tls === tls &&
      arm.client === client,
  );
}

interface BlockRecord {
  readonly block: number;
  readonly record: ProxyCellsRecord;
}

function recordsOf({ completed }: MeasuredArm): readonly BlockRecord[] {
  return completed
    .filter((trial): trial is ProxyCellsTrial => trial.outcome === 'proxy-cells')
    .map(({ block, proxyCells }) => ({ block, record: proxyCells }));
}

const p50 = (record: ProxyCellsRecord): number | undefined => deliveryNs(record, 0.5);
const p99 = (record: ProxyCellsRecord): number | undefined => deliveryNs(record, 0.99);

function describeArm(
  measured: MeasuredArm,
  direct: MeasuredArm | undefined,
  lastDueNs: number,
): ArmCells {
  const own = recordsOf(measured);
  const records = own.map(({ record }) => record);
  const others =
    direct === undefined || direct === measured
      ? new Map<number, ProxyCellsRecord>()
      : new Map(recordsOf(direct).map(({ block, record }) => [block, record]));
  const medianOf = (
    valueOf: (record: ProxyCellsRecord) => number | undefined,
  ): number | undefined => median(records.flatMap((record) => valueOf(record) ?? []));
  const addedOf = (valueOf: (record: ProxyCellsRecord) => number | undefined): number | undefined =>
    median(
      own.flatMap(({ block, record }) => {
        const other = others.get(block);
        const [value, base] = [valueOf(record), other && valueOf(other)];
        return value === undefined || base === undefined ? [] : [value - base];
      }),
    );
  const paced = records.flatMap((record) => streamsOf(record, 'paced'));
  const accepted = paced.filter(({ acceptedNs }) => acceptedNs !== undefined);
  const refused = paced.filter(({ acceptedNs }) => acceptedNs === undefined);
  return {
    arm: measured.name,
    trials: records.length,
    isBusy: records.some(isBusy) || [...others.values()].some(isBusy),
    asked: paced.length,
    accepted: accepted.length,
    refusals: wordings(refused),
    refusedWith: [...new Set(refused.map(({ cause }) => cause ?? NO_ANSWER))],
    openNs: medianOf(openNs),
    firstTokenNs: medianOf(firstTokenNs),
    deliveryNs: { p50: medianOf(p50), p99: medianOf(p99) },
    added: { firstTokenNs: addedOf(firstTokenNs), p50Ns: addedOf(p50), p99Ns: addedOf(p99) },
    tokensPerRead: medianOf(tokensPerRead),
    mostTokensPerRead: medianOf(mostTokensPerRead),
    isHeld: records.length > 0 && records.every((record) => isHeld(record, lastDueNs)),
    stopQuiet: happening(records.flatMap((record) => stopReach(record, 'stop-quiet') ?? [])),
    stopActive: happening(records.flatMap((record) => stopReach(record, 'stop-active') ?? [])),
    quiet: cut(records, 'quiet'),
    long: cut(records, 'long'),
    stall: describeStall(records, [...others.values()]),
    changes: describeChanges(own, others),
    libraries: describeLibraries(records),
    restart: describeRestart(measured, records),
  };
}

function describeStall(
  records: readonly ProxyCellsRecord[],
  direct: readonly ProxyCellsRecord[],
): Stall {
  const own = records.flatMap((record) => swallowed(record) ?? []);
  return {
    of: own.length,
    unbounded: own.filter(({ isHeldBack }) => !isHeldBack).length,
    swallowedBytes: bytesOf(own),
    directBytes: bytesOf(direct.flatMap((record) => swallowed(record) ?? [])),
  };
}

function bytesOf(all: readonly Swallowed[]): number | undefined {
  return median(all.map(({ bytes }) => bytes));
}

function describeChanges(
  own: readonly BlockRecord[],
  direct: ReadonlyMap<number, ProxyCellsRecord>,
): ExchangeChanges | undefined {
  for (const { block, record } of own) {
    const other = direct.get(block);
    const [over, base] = [exchangeOf(record), other && exchangeOf(other)];
    // A refusal is another response, not a changed one.
    if (over !== undefined && over.status === base?.status) return exchangeChanges(over, base);
  }
  return undefined;
}

function describeLibraries(records: readonly ProxyCellsRecord[]): readonly LibraryRestart[] {
  const byClient = Map.groupBy(records.flatMap(librariesOf), ({ client }) => client);
  return Array.from(byClient, ([client, readings]) => {
    const back = readings.flatMap(({ backAfterNs }) => backAfterNs ?? []);
    return {
      client,
      of: readings.length,
      back: back.length,
      gaveUp: readings.filter(({ gaveUp }) => gaveUp).length,
      backAfterNs: median(back),
      told: [...new Set(readings.flatMap(({ told }) => told))],
    };
  });
}

/** Causes of refusals with an HTTP status begin so. */
const STATUS = /^http-/;

function describeRestart(
  { arm: { transport } }: MeasuredArm,
  records: readonly ProxyCellsRecord[],
): ArmCells['restart'] {
  const readings = records.map(restartOf);
  const refusals = readings.flatMap((reading) => reading.refusals);
  const sum = (valueOf: (reading: RestartReading) => number): number =>
    readings.reduce((total, reading) => total + valueOf(reading), 0);
  return {
    outageNs: median(records.map(({ restart }) => restart.toNs - restart.fromNs)),
    asked: sum(({ asked }) => asked),
    accepted: sum(({ accepted }) => accepted),
    told: [...new Set(refusals.flatMap(({ cause }) => cause ?? []))],
    endsForGood:
      transports[transport].specifiedReconnect?.isRefusalFinal === true &&
      refusals.some(({ cause }) => cause !== undefined && STATUS.test(cause)),
    backAfterNs: median(readings.flatMap(({ backAfterNs }) => backAfterNs ?? [])),
  };
}

function happening(waits: readonly Wait[]): Happening {
  const seen = waits.flatMap(({ afterNs }) => afterNs ?? []);
  const vain = waits.flatMap(({ afterNs, waitedNs }) => (afterNs === undefined ? waitedNs : []));
  return {
    of: waits.length,
    seen: seen.length,
    afterNs: median(seen),
    notWithinNs: vain.length === 0 ? undefined : Math.min(...vain),
  };
}

function cut(records: readonly ProxyCellsRecord[], kind: 'quiet' | 'long'): Cut {
  const cuts = records.flatMap((record) => cutOf(record, kind) ?? []);
  return { ...happening(cuts), told: wordings(cuts) };
}

/** Each message once, with its cause where it says more. */
function wordings(
  told: readonly { readonly cause?: string | undefined; readonly message?: string | undefined }[],
): readonly string[] {
  return [...new Set(told.map(({ cause, message }) => message ?? cause ?? NOTHING))];
}

const NO_ANSWER = 'no-answer';
/** The client waits to the end of the trial. */
const NOTHING = 'nothing at all';
