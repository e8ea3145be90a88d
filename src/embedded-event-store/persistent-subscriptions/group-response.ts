import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/persistent_pb.js';
import { MessageWriter } from '../message-writer.js';
import { roomFor, writeRecord } from '../read-response.js';
import { originalOf } from './message.js';
import type { Message } from './message.js';

/** What a consumer hears first. */
export function confirmation(key: string): Buffer {
  const response: ReadResp = new persistent.ReadResp();
  response.setSubscriptionConfirmation(new persistent.ReadResp.SubscriptionConfirmation().setSubscriptionId(key));
  return Buffer.from(response.serializeBinary());
}

/** Encodes a message for a consumer. Both its records are at the place of the link, as the original has it. */
export function encodeMessage(message: Message, structuredIds: boolean): Buffer {
  const { event, link } = message.resolved;
  const { position } = originalOf(message);
  const writer = new MessageWriter((event ? roomFor(event) : 0) + (link ? roomFor(link) : 0));
  writer.message(1, () => {
    writer.integer(5, message.retries);
    writer.integer(3, position);
    if (link) writeRecord(writer, 2, link, structuredIds);
    if (event) writeRecord(writer, 1, { ...event, position }, structuredIds);
  });
  return writer.finish();
}
