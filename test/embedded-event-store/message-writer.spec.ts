import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { MessageWriter } from '../../src/embedded-event-store/message-writer.js';
import { encodeEvent } from '../../src/embedded-event-store/read-response.js';

it('writes integers as the generated classes read them', () => {
  const integer = fc.oneof(
    fc.maxSafeNat(),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.nat(300),
    fc.constantFrom(127, 128, 16_383, 16_384),
  );
  fc.assert(
    fc.property(integer, (value) => {
      const writer = new MessageWriter(16);
      writer.integer(5, value);
      expect(streams.ReadResp.deserializeBinary(writer.finish()).getFirstStreamPosition()).toBe(`${value}`);
    }),
  );
});

it('writes events as the generated classes read them', () => {
  const text = fc.string({ unit: 'binary' });
  const bytes = fc.uint8Array({ maxLength: 300 });
  const count = fc.maxSafeNat();
  const event = fc.record({
    id: fc.uuid(),
    type: text,
    stream: text,
    isJson: fc.boolean(),
    metadata: bytes,
    data: bytes,
    position: count,
    revision: count,
    created: fc.nat(4_000_000_000_000),
  });
  fc.assert(
    fc.property(event, (written) => {
      const read = streams.ReadResp.deserializeBinary(encodeEvent({ event: written }, false)).getEvent();
      const record = read?.getEvent();
      expect({
        id: record?.getId()?.getString(),
        type: record?.getMetadataMap().get('type'),
        stream: Buffer.from(record?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
        isJson: record?.getMetadataMap().get('content-type') === 'application/json',
        metadata: record?.getCustomMetadata_asU8(),
        data: record?.getData_asU8(),
        position: Number(record?.getCommitPosition()),
        revision: Number(record?.getStreamRevision()),
        created: Number(record?.getMetadataMap().get('created')) / 10_000,
      }).toEqual(written);
      expect([record?.getPreparePosition(), read?.getCommitPosition()]).toEqual(Array(2).fill(`${written.position}`));
    }),
  );
});
