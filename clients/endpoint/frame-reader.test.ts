import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WireEvent } from '../../bench/contract/dialects/dialect.ts';
import { serverFrame } from './endpoint-fixture.ts';
import { FrameReader } from './frame-reader.ts';

const arbitraryMessage = fc.record({
  parts: fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 4 }),
  pingAfter: fc.integer({ min: 0, max: 4 }),
});

it('messages are the same however they are fragmented and however reads cut the frames', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryMessage, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
      (messages, reads) => {
        const bytes = Buffer.concat(
          messages.flatMap(({ parts, pingAfter }) =>
            parts.flatMap((part, index) => [
              serverFrame(part, {
                opcode: index === 0 ? 1 : 0,
                isFinal: index === parts.length - 1,
              }),
              ...(index === pingAfter ? [serverFrame('p', { opcode: 9 })] : []),
            ]),
          ),
        );
        const events: WireEvent[] = [];
        let pings = 0;
        const reader = new FrameReader({
          message: (event) => events.push(event),
          ping: () => pings++,
          closed: () => {},
        });
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const length = reads[turn % reads.length]!;
          // The buffer is read into again: what is kept must be a copy.
          const shared = Buffer.from(bytes.subarray(at, at + length));
          reader.push(shared, 0, shared.length, turn);
          shared.fill('!');
          at += length;
        }
        expect(events).toEqual(messages.map(({ parts }) => ({ data: parts.join('') })));
        expect(pings).toBe(
          messages.filter(({ parts, pingAfter }) => pingAfter < parts.length).length,
        );
        expect(reader.hasHalfMessage).toBe(false);
      },
    ),
  );
});
