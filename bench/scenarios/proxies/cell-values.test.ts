import { expect, it } from 'vitest';
import { KIB, MIB, NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import {
  cutOf,
  deliveryNs,
  exchangeOf,
  firstTokenNs,
  isHeld,
  librariesOf,
  restartOf,
  stopReach,
  swallowed,
  tokensPerRead,
} from './cell-values.ts';
import { changed, corkedRecord, freeRecord, refusedRecord } from './fixture.ts';

it('the first token is timed from its request, and streams of other cells do not count', () => {
  expect(firstTokenNs(freeRecord)).toBe(2 * NS_PER_MS);
  expect(firstTokenNs(changed(freeRecord, { long: { firstTokenNs: 9 * NS_PER_S } }))).toBe(
    2 * NS_PER_MS,
  );
  expect(firstTokenNs(refusedRecord)).toBeUndefined();
});

it('a p99 of too few tokens is none', () => {
  expect(deliveryNs(freeRecord, 0.99)).toBeCloseTo(2.97 * NS_PER_MS, -3);
  expect(deliveryNs({ deliveryNs: freeRecord.deliveryNs.slice(0, 99) }, 0.99)).toBeUndefined();
  expect(deliveryNs({ deliveryNs: [] }, 0.5)).toBeUndefined();
});

it('tokens that share a read are counted together', () => {
  expect(tokensPerRead(freeRecord)).toBe(1);
  expect(tokensPerRead(corkedRecord)).toBe(2);
  expect(tokensPerRead(refusedRecord)).toBeUndefined();
});

it('a stop has reached the server when the server saw the client gone, not at the end of the trial', () => {
  expect(stopReach(freeRecord, 'stop-quiet')).toEqual({
    afterNs: 2 * NS_PER_MS,
    waitedNs: 16 * NS_PER_S,
  });
  expect(stopReach(corkedRecord, 'stop-quiet')).toEqual({ waitedNs: 16 * NS_PER_S });
  const late = { ...freeRecord, gone: [{ id: 'p4', atNs: 18 * NS_PER_S + 1 }] };
  expect(stopReach(late, 'stop-quiet')).toEqual({ waitedNs: 16 * NS_PER_S });
});

it('a stream that never began, or ended before its stop, says nothing of stops', () => {
  expect(stopReach(refusedRecord, 'stop-active')).toBeUndefined();
  const over = changed(freeRecord, { 'stop-active': { ended: 'failed' } });
  expect(stopReach(over, 'stop-active')).toBeUndefined();
});

it('a stream that another ended was cut, one that was watched to the end was not', () => {
  expect(cutOf(corkedRecord, 'quiet')).toMatchObject({
    afterNs: 5 * NS_PER_S,
    cause: 'closed-early',
  });
  expect(cutOf(freeRecord, 'quiet')).toEqual({ waitedNs: 17 * NS_PER_S });
  expect(cutOf(refusedRecord, 'quiet')).toBeUndefined();
});

it('requests during a restart have waited when they are accepted after it, or are refused', () => {
  expect(restartOf(freeRecord)).toEqual({
    asked: 1,
    accepted: 1,
    refusals: [],
    backAfterNs: expect.closeTo(0.1 * NS_PER_S, 0) as number,
  });
  expect(restartOf(refusedRecord)).toMatchObject({
    asked: 1,
    accepted: 0,
    refusals: [{ cause: 'http-404' }],
    backAfterNs: undefined,
  });
});

it('streams are held whole when none of them begins before its last token is due', () => {
  expect(isHeld(freeRecord, NS_PER_S)).toBe(false);
  const held = changed(freeRecord, { paced: { firstTokenNs: 3 * NS_PER_S } });
  expect(isHeld(held, NS_PER_S)).toBe(true);
  expect(isHeld(refusedRecord, NS_PER_S)).toBe(false);
});

it('what left the server and did not reach its client was taken on the way', () => {
  expect(swallowed(freeRecord)).toEqual({ bytes: 4 * MIB - 64 * KIB, isHeldBack: true });
  expect(swallowed(corkedRecord)).toMatchObject({ isHeldBack: false });
  // Nobody knows what a stream that never began would have taken.
  expect(swallowed(refusedRecord)).toBeUndefined();
  const { taken: _taken, ...earlier } = freeRecord;
  expect(swallowed(earlier)).toBeUndefined();
});

it('a library is back or has given up, and its loss is no failed attempt', () => {
  expect(librariesOf(freeRecord)).toEqual([
    { client: 'library', backAfterNs: 0.5 * NS_PER_S, gaveUp: false, told: ['ECONNREFUSED'] },
  ]);
  expect(librariesOf(corkedRecord)).toEqual([
    { client: 'eventsource', backAfterNs: undefined, gaveUp: true, told: ['http-503'] },
  ]);
  const [library] = freeRecord.libraries ?? [];
  const never = { client: library!.client, told: library!.told };
  expect(librariesOf({ ...freeRecord, libraries: [never] })).toEqual([]);
});

it('an exchange that failed is none', () => {
  expect(exchangeOf(freeRecord)?.status).toBe(200);
  expect(exchangeOf(refusedRecord)).toBeUndefined();
});

it('a stream that the restarting server ends was not cut', () => {
  const late = changed(freeRecord, { long: { ended: 'failed', endedNs: 18 * NS_PER_S + 1 } });
  expect(cutOf(late, 'long')).toEqual({ waitedNs: 17 * NS_PER_S });
  const cut = changed(freeRecord, { long: { ended: 'failed', endedNs: 16 * NS_PER_S } });
  expect(cutOf(cut, 'long')).toMatchObject({ afterNs: 15 * NS_PER_S });
});

it('a library that had no time to come back says nothing', () => {
  const { restart, libraries = [] } = freeRecord;
  const [{ backNs: _back, ...library }] = libraries as [(typeof libraries)[0]];
  const at = (leftNs: number) => ({
    ...freeRecord,
    libraries: [library],
    restart: { ...restart, untilNs: restart.toNs + leftNs },
  });
  expect(librariesOf(at(NS_PER_S))).toEqual([]);
  expect(librariesOf(at(3 * NS_PER_S))).toMatchObject([{ gaveUp: false, backAfterNs: undefined }]);
});
