import { ApiProperty } from '@nestjs/swagger';
import { cloudEvent, type UserCloudEvent } from '../contract/cloud-event.js';
import { type UserEvent, userEvents } from '../domain/user.events.js';
import type { UserEventEntry } from '../queries/find-user-events.handler.js';

/** A user event in the feed, as CloudEvents 1.0 has it. */
export class UserEventResponse {
  @ApiProperty({ enum: ['1.0'] })
  specversion!: string;
  @ApiProperty({ type: String, description: 'The same whenever and however the event is read' })
  id!: string;
  @ApiProperty({ type: String, example: 'urn:user-ledger:account:01JDZ7Y3Q9G1PKV5T9F6W8X2A4' })
  source!: string;
  @ApiProperty({ enum: Object.keys(userEvents), example: 'DeveloperPermissionGranted' })
  type!: string;
  @ApiProperty({ type: String, description: 'The id of the user' })
  subject!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  time!: string;
  @ApiProperty({ enum: ['application/json'] })
  datacontenttype!: string;
  @ApiProperty({ type: String, description: 'The $id of a schema in /asyncapi.json' })
  dataschema!: string;
  @ApiProperty({ type: String, description: 'The place in the log; text compares as numbers do' })
  sequence!: string;
  @ApiProperty({ type: String, required: false, description: 'W3C trace context' })
  traceparent?: string;
  @ApiProperty({ type: Object, additionalProperties: true })
  data!: object;
}

class FeedPaginationResponse {
  @ApiProperty({ type: Boolean })
  has_more!: boolean;
  @ApiProperty({ type: String, description: 'Always there: ask again with it as after' })
  next_cursor!: string;
}

export class UserEventsResponse {
  @ApiProperty({ type: [UserEventResponse] })
  events!: UserEventResponse[];
  @ApiProperty({ type: FeedPaginationResponse })
  pagination!: FeedPaginationResponse;
}

/** Only today's version of an event leaves the codec, so that is the version an entry is told from. */
export function userEventResponse(entry: UserEventEntry): UserCloudEvent {
  const { eventId: id, position, accountId, occurredAt, traceparent } = entry;
  const type = entry.type as UserEvent['type'];
  const data = JSON.parse(entry.data) as never;
  const meta = {
    accountId,
    occurredAt,
    schemaVersion: userEvents[type].version,
    ...(traceparent !== null && { traceparent }),
  };
  return cloudEvent({ id, type, data, position, meta });
}
