import { describe, expect, it } from 'vitest';
import { claims } from './claims.ts';
import { evidenceByScenario } from '../scenarios/evidence.ts';
import { madeRun } from './evidence-fixture.ts';
import { needs } from './needs.ts';
import { parseProfile, readProfile as readProfileFile, type Profile } from './profile.ts';
import { readClaim } from './read-claim.ts';
import { readProfile, type ProfileRow } from './read-profile.ts';

const whole: Profile = {
  clients: 'page',
  streams: 10_000,
  'tokens-per-second': 50,
  duplex: true,
  proxies: true,
  binary: true,
  mobile: true,
};

describe('a profile', () => {
  it('is YAML or JSON', () => {
    expect(parseProfile('p.yaml', 'clients: page\nstreams: 10\n')).toEqual({
      clients: 'page',
      streams: 10,
    });
    expect(parseProfile('p.json', '{"tokens-per-second": 0.5, "mobile": true}')).toEqual({
      'tokens-per-second': 0.5,
      mobile: true,
    });
  });

  it.each([
    ['streams: 10\nclients: phone', 'p.yaml:2:10: clients: ', 'page'],
    ['streams: 0.5', 'p.yaml:1:10: streams: ', 'int'],
    ['duplex: yes', 'p.yaml:1:9: duplex: ', 'boolean'],
    ['streems: 5', 'p.yaml:1:10: streems: ', 'streems'],
    ['{}', 'p.yaml:1:1: it names no need', ''],
    ['- a', 'p.yaml:1:1: ', 'object'],
    ['a: [', 'p.yaml:1:', ''],
  ])('%j is refused with its place', (text, place, what) => {
    expect(() => parseProfile('p.yaml', text)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(`--profile ${place}`) as string,
        hint: expect.stringContaining('known: clients, streams') as string,
      }) as Error,
    );
    expect(() => parseProfile('p.yaml', text)).toThrow(what);
  });

  it('that is no file is refused with its name', () => {
    expect(() => readProfileFile('/nowhere/p.yaml')).toThrow(
      '--profile /nowhere/p.yaml: cannot be',
    );
  });
});

it('each need asks meanings that claims have', () => {
  for (const { claim: id, meaning: name } of needs.flatMap(({ bearings }) => bearings)) {
    const claim = claims.find((one) => one.id === id);
    expect(
      claim?.meanings.map((meaning) => meaning.name),
      `claim ${id}`,
    ).toContain(name);
  }
});

/** Rows with one run in which the delivery of WebSocket is better, equivalent or not settled. */
function rowsOf(
  profile: Profile,
  kind: 'better' | 'equivalent' | 'inconclusive',
  favours?: string,
) {
  const run = madeRun({ said: { kind, favours }, change: { adjustedP: 0.001 } });
  const readings = claims.map((claim) =>
    readClaim(claim, [run], { scenarios: evidenceByScenario }),
  );
  return readProfile(profile, readings);
}

const needsOf = (profile: Profile): ReadonlySet<string> =>
  new Set(rowsOf(profile, 'inconclusive').map(({ need }) => need));

const delivery = (rows: readonly ProfileRow[]): ProfileRow =>
  rows.find(({ about }) => about === 'W2: a token from when it was due')!;

describe('what claims say for a profile', () => {
  const rate: Profile = { 'tokens-per-second': 50 };

  it('follows from the meaning alone', () => {
    expect(delivery(rowsOf(rate, 'better', 'ws')).says).toBe('for WebSocket');
    expect(delivery(rowsOf(rate, 'better', 'sse')).says).toBe('for SSE');
    expect(delivery(rowsOf(rate, 'equivalent')).says).toBe(
      'for neither: no difference that matters',
    );
    expect(delivery(rowsOf(rate, 'inconclusive'))).toMatchObject({
      says: 'not known',
      condition: '',
      figure: undefined,
    });
  });

  it('is not carried beyond the load at which it was measured', () => {
    expect(delivery(rowsOf({ ...rate, streams: 100 }, 'better', 'ws')).says).toBe('for WebSocket');
    expect(delivery(rowsOf({ ...rate, streams: 101 }, 'better', 'ws')).says).toBe(
      'for WebSocket; measured with up to 100 connections, not 101',
    );
  });

  it('has the rows of the needs that the profile has, and no others', () => {
    expect([...needsOf(rate)]).toEqual(['50 tokens/s a stream']);
    expect([...needsOf({ clients: 'server', duplex: false, mobile: false })]).toEqual([
      'other servers receive',
    ]);
    expect(needsOf(whole).size).toBe(7);
  });
});
