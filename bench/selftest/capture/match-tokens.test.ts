import { describe, expect, it } from 'vitest';
import type { TransportId } from '../../contract/arms/transports.ts';
import { payloads, renderPayload } from '../../contract/payload.ts';
import type { Population } from '../../contract/population.ts';
import { sliceStart, type TokenSource } from '../../contract/workload.ts';
import { matchTokens, type MatchedTokens } from './match-tokens.ts';
import type { TcpSegment } from './read-pcap.ts';
import type { TcpFlow } from './tcp-flows.ts';

const texts = ['The', ' quick', ' "fox"', ' 狐\n'];
const source: TokenSource = { tokens: texts, jsonTexts: texts.map((text) => JSON.stringify(text)) };
/** Two streams of four tokens each. */
const population: Population = {
  streams: 2,
  startNs: Float64Array.of(0, 0),
  tokens: Int32Array.of(4, 4),
  seeds: Uint32Array.of(11, 12),
  slots: Int32Array.of(0, 1),
  base: Int32Array.of(0, 4),
  totalTokens: 8,
};
const ORIGIN_NS = 1_700_000_000_000_000_000n;
const NAN = Number.NaN;

function payloadsOf(stream: number): Buffer[] {
  const start = sliceStart(source, population.seeds[stream]!);
  const template = payloads.lean.template();
  return texts.map((_, token) =>
    Buffer.from(
      renderPayload(template, token + 1, source.jsonTexts[(start + token) % texts.length]!),
    ),
  );
}

const framed: Record<'sse' | 'ws' | 'tcp', (payload: Buffer, sequence: number) => Buffer> = {
  sse: (payload, sequence) => {
    const event = `id: abcd.${sequence}\ndata: ${payload.toString()}\n\n`;
    return Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
  },
  ws: (payload) => Buffer.concat([Buffer.of(0x81, payload.length), payload]),
  tcp: (payload) => Buffer.concat([payload, Buffer.from('\n')]),
};

const requests: Record<'sse' | 'ws' | 'tcp', (id: string) => string> = {
  sse: (id) => `GET /v1/streams/${id} HTTP/1.1\r\nHost: 127.0.0.1:41000\r\n\r\n`,
  ws: (id) => `GET /v1/ws/${id} HTTP/1.1\r\nUpgrade: websocket\r\n\r\n`,
  tcp: (id) => `/v1/streams/${id}\n`,
};

interface Sent {
  readonly bytes: Buffer;
  readonly atNs: number;
  /** Sequence number of the first byte; by default it follows the bytes sent before. */
  readonly sequence?: number;
  readonly cutBytes?: number;
}

function flowOf(request: string, sent: readonly Sent[]): TcpFlow {
  const common = { sourcePort: 41_000, destinationPort: 50_001, isSyn: false, cutBytes: 0 };
  let next = 1;
  const toClient: TcpSegment[] = [
    { ...common, sequence: 0, isSyn: true, payload: Buffer.alloc(0), atNs: ORIGIN_NS },
  ];
  for (const { bytes, atNs, sequence = next, cutBytes = 0 } of sent) {
    const payload = bytes.subarray(0, bytes.length - cutBytes);
    toClient.push({ ...common, sequence, payload, cutBytes, atNs: ORIGIN_NS + BigInt(atNs) });
    next = Math.max(next, sequence + bytes.length);
  }
  return {
    toServer: [{ ...common, sequence: 500, payload: Buffer.from(request), atNs: ORIGIN_NS }],
    toClient,
  };
}

function match(flows: readonly TcpFlow[], transport: TransportId = 'ws'): MatchedTokens {
  return matchTokens({
    flows,
    transport,
    payload: 'lean',
    population,
    source,
    originNs: ORIGIN_NS,
  });
}

const frames = payloadsOf(0).map((payload, index) => framed.ws(payload, index + 1));
const whole = (): Sent[] => frames.map((bytes, index) => ({ bytes, atNs: 1000 * (index + 1) }));

describe('matchTokens', () => {
  it.each(['sse', 'ws', 'tcp'] as const)(
    'finds every token of every stream over %s, whatever frames it',
    (transport) => {
      const flows = [1, 0].map((stream) => {
        const tokens = payloadsOf(stream).map((payload, index) =>
          framed[transport](payload, index + 1),
        );
        const head = Buffer.from('HTTP/1.1 200 OK\r\n\r\n{"type":"open","sid":"0","n":4}');
        return flowOf(
          requests[transport](String(stream)),
          [head, ...tokens].map((bytes, index) => ({ bytes, atNs: 10_000 * stream + 100 * index })),
        );
      });
      const { wireNs, ...rest } = match(flows, transport);
      expect([...wireNs]).toEqual([100, 200, 300, 400, 10_100, 10_200, 10_300, 10_400]);
      expect(rest).toEqual({
        tokensPerSegment: [{ tokens: 1, segments: 8 }],
        splitTokens: 0,
        cutSegments: 0,
        streamsUnseen: 0,
      });
    },
  );

  it('gives a token that is spread over two segments the time of the second', () => {
    const [first, ...others] = whole();
    const { bytes } = first!;
    const { wireNs, splitTokens } = match([
      flowOf(requests.ws('0'), [
        { bytes: bytes.subarray(0, 6), atNs: 700 },
        { bytes: bytes.subarray(6), atNs: 800 },
        ...others,
      ]),
    ]);
    expect([...wireNs.subarray(0, 4)]).toEqual([800, 2000, 3000, 4000]);
    expect(splitTokens).toBe(1);
  });

  it('takes the segment of the last byte of the payload, not of the frame', () => {
    const tokens = payloadsOf(0).map((payload, index) => framed.sse(payload, index + 1));
    const [first, ...others] = tokens;
    // The chunk's CRLF comes late.
    const { wireNs } = match(
      [
        flowOf(requests.sse('0'), [
          { bytes: first!.subarray(0, -2), atNs: 700 },
          { bytes: first!.subarray(-2), atNs: 900 },
          ...others.map((bytes) => ({ bytes, atNs: 1000 })),
        ]),
      ],
      'sse',
    );
    expect(wireNs[0]).toBe(700);
  });

  it('counts the tokens that share a segment, and gives them one time', () => {
    const { wireNs, tokensPerSegment } = match([
      flowOf(requests.ws('0'), [
        { bytes: Buffer.concat(frames.slice(0, 3)), atNs: 50 },
        { bytes: frames[3]!, atNs: 60 },
      ]),
    ]);
    expect([...wireNs.subarray(0, 4)]).toEqual([50, 50, 50, 60]);
    expect(tokensPerSegment).toEqual([
      { tokens: 1, segments: 1 },
      { tokens: 3, segments: 1 },
    ]);
  });

  it('keeps the time at which a token was first sent when its segment is sent again', () => {
    const sent = whole();
    const { wireNs } = match([
      flowOf(requests.ws('0'), [...sent, { bytes: frames[0]!, atNs: 9000, sequence: 1 }]),
    ]);
    expect(wireNs[0]).toBe(1000);
  });

  it('leaves a token without a time when its segment was not captured, and finds those behind it', () => {
    const sent = whole();
    const behind = 1 + frames[0]!.length + frames[1]!.length;
    const { wireNs, streamsUnseen } = match([
      flowOf(requests.ws('0'), [sent[0]!, { ...sent[2]!, sequence: behind }, sent[3]!]),
    ]);
    expect([...wireNs]).toEqual([1000, NAN, 3000, 4000, NAN, NAN, NAN, NAN]);
    expect(streamsUnseen).toBe(1);
  });

  it('says how many segments were cut, and finds none of their tokens', () => {
    const [first, second, ...others] = whole();
    const { wireNs, cutSegments } = match([
      flowOf(requests.ws('0'), [first!, { ...second!, cutBytes: 3 }, ...others]),
    ]);
    expect([...wireNs.subarray(0, 4)]).toEqual([1000, NAN, 3000, 4000]);
    expect(cutSegments).toBe(1);
  });

  it('leaves out the rehearsal, other requests and silent connections', () => {
    const others = ['r0', '7', 'x0'].map((id) => flowOf(requests.ws(id), whole()));
    const result = match([
      ...others,
      flowOf('', []),
      flowOf('GET /healthz HTTP/1.1\r\n\r\n', whole()),
      flowOf(requests.sse('0'), whole()),
    ]);
    expect(result).toMatchObject({ tokensPerSegment: [], streamsUnseen: 2 });
    expect(result.wireNs.every(Number.isNaN)).toBe(true);
  });
});
