import { randomInt } from 'node:crypto';
import groups from '@eventstore/db-client/generated/persistent_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { expect, it } from '@jest/globals';
import { decodeChecked } from '../../src/embedded-event-store/checked-requests.js';
import { randomFrom } from '../support/load.js';

const SEED = Number(process.env.EVENTSTORE_SEED ?? randomInt(2 ** 31));

const valid = (): Uint8Array => {
  const stream = new streams.ReadReq.Options.StreamOptions().setRevision('7');
  return new streams.ReadReq()
    .setOptions(new streams.ReadReq.Options().setStream(stream).setCount('3'))
    .serializeBinary();
};

const group = (): Uint8Array => {
  const settings = new groups.CreateReq.Settings().setConsumerStrategy('RoundRobin');
  const options = new groups.CreateReq.Options().setGroupName('a group').setSettings(settings);
  return new groups.CreateReq().setOptions(options).serializeBinary();
};

it('reads what is whole', () => {
  const request = decodeChecked(streams.ReadReq, valid()) as InstanceType<typeof streams.ReadReq>;
  expect([request.getOptions()?.getStream()?.getRevision(), request.getOptions()?.getCount()]).toEqual(['7', '3']);
});

it.each<[string, number[]]>([
  ['the options', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ['a part of the options', [0x0a, 6, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x07]],
  ['a group that never ends, in options', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7b, 0x08]],
])('refuses at once what says it is longer than it is: %s', (_, bytes) => {
  expect(() => decodeChecked(streams.ReadReq, Uint8Array.from(bytes))).toThrow('truncated message');
});

it('refuses at once a text that says it is longer than the whole', () => {
  const bytes = Uint8Array.from([0x0a, 6, 0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]);
  expect(() => decodeChecked(groups.CreateReq, bytes)).toThrow('truncated message');
});

it.each<[string, Parameters<typeof decodeChecked>[0], () => Uint8Array]>([
  ['of a read', streams.ReadReq, valid],
  ['that makes a group', groups.CreateReq, group],
])(`a request %s comes to an end with any bytes (EVENTSTORE_SEED=${SEED})`, (_, type, made) => {
  const random = randomFrom(SEED);
  let longest = 0;
  for (let turn = 0; turn < 20_000; turn++) {
    const bytes = Uint8Array.from(made());
    for (let times = 0; times < 4; times++)
      bytes[Math.floor(random() * bytes.length)] = random() < 0.5 ? 0xff : random() * 256;
    const from = performance.now();
    try {
      decodeChecked(type, bytes);
    } catch {
      // Either will do, as long as it is soon.
    }
    longest = Math.max(longest, performance.now() - from);
  }
  expect(longest).toBeLessThan(2_000);
});
