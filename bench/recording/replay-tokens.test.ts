import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTokenFile } from '../contract/tokens.ts';
import { recordedChat, writeRecording } from './recording-fixture.ts';
import { readReplay } from './replay-tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);

const two = [
  recordedChat([
    [100, 'One'],
    [120, ' two'],
    [160, ' three'],
  ]),
  recordedChat([
    [300, 'Four'],
    [340, ' five'],
  ]),
];

describe('a recording as a workload', () => {
  it('has a segment for each stream, its rate from the gaps and its first token from the medians', async () => {
    const { tokens, timing } = await readReplay(writeRecording(path('two.ndjson'), two));
    expect(
      tokens.segments.map(({ id, tokens: texts, offsetsNs }) => [id, texts, offsetsNs]),
    ).toEqual([
      ['line-1', ['One', ' two', ' three'], [100e6, 120e6, 160e6]],
      ['line-2', ['Four', ' five'], [300e6, 340e6]],
    ]);
    expect(timing).toEqual({
      gaps: { kind: 'recorded', streams: 2, texts: 'recorded' },
      tokensPerStream: 3,
      tokensPerSecond: 30,
      firstTokenMedianMs: 300,
      firstTokenSigma: 0,
    });
  });

  it('leaves out what is not whole, and counts it', async () => {
    const cut = recordedChat([[1, 'a']], { end: { kind: 'cut', why: 'reset', ns: 2 } });
    const { tokens, timing } = await readReplay(writeRecording(path('cut.ndjson'), [cut, ...two]));
    expect(tokens.segments.map(({ id }) => id)).toEqual(['line-2', 'line-3']);
    expect(timing.gaps).toMatchObject({ streams: 2, leftOut: 1 });
  });

  it('has a hash that its times are part of, and a file with others is refused', async () => {
    const { tokens } = await readReplay(writeRecording(path('hash.ndjson'), two));
    const saved = path('tokens.json');
    writeFileSync(saved, JSON.stringify(tokens));
    expect(readTokenFile(saved)).toEqual(tokens);
    writeFileSync(saved, JSON.stringify(tokens).replace('120000000', '120000001'));
    expect(() => readTokenFile(saved)).toThrow('the tokens do not match tokensSha256');
    writeFileSync(saved, JSON.stringify(tokens).replace('[300000000,', '['));
    expect(() => readTokenFile(saved)).toThrow(/segment line-2 has no due time for each/);
    writeFileSync(saved, JSON.stringify(tokens).replace('120000000', '99'));
    expect(() => readTokenFile(saved)).toThrow(/segment line-1 .* before that of the token before/);
  });

  it.each([
    ['empty.ndjson', '', /empty\.ndjson has no stream to replay: it is empty/],
    ['torn.ndjson', `${JSON.stringify(two[0])}\n{"version":1,`, /torn\.ndjson, line 2 is no JSON/],
    ['other.ndjson', '{"timestamp":1,"output_length":3}\n', /other\.ndjson, line 1: version: /],
    [
      'late.ndjson',
      JSON.stringify({ ...two[0], version: 2 }),
      /late\.ndjson, line 1: version: Invalid input: expected 1/,
    ],
    [
      'negative.ndjson',
      JSON.stringify({ ...two[0], events: [[-1, 'AAAA']] }),
      /negative\.ndjson, line 1: events\.0\.0: /,
    ],
    [
      'whole.ndjson',
      JSON.stringify(
        recordedChat([
          [1, 'a'],
          [1, 'b'],
        ]),
      ),
      /whole\.ndjson has no gap to replay: all tokens of each stream came at one instant/,
    ],
    [
      'cuts.ndjson',
      JSON.stringify(recordedChat([[1, 'a']], { isWhole: false })),
      /cuts\.ndjson has no stream to replay: line 1 did not arrive whole/,
    ],
  ])('%s is refused by name and line', async (name, content, message) => {
    writeFileSync(path(name), content);
    await expect(readReplay(path(name))).rejects.toThrow(message);
  });
});
