import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { FEED_TYPES } from '../queries/find-user-events.handler.js';
import { UserEventsResponse } from './user-event.response.js';
import { problem } from './users.documentation.js';

export const DocumentsUserEvents = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(UserEventsResponse),
    ApiOperation({
      summary: 'Read or follow the events of users',
      operationId: 'listUserEvents',
      description:
        'In commit order, a page at a time; with Accept: text/event-stream as server-sent events that go on for ever: ' +
        'id is a cursor, event the type, data one CloudEvents document; an event caught-up once history is through.',
    }),
    ApiQuery({
      name: 'after',
      required: false,
      type: String,
      description: 'A cursor of this feed; the beginning by default',
    }),
    ApiQuery({ name: 'type', required: false, isArray: true, enum: FEED_TYPES, description: 'Repeatable' }),
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'Of a stream: the id of the last event received',
    }),
    ApiHeader({
      name: 'X-Wait-For-Position',
      required: false,
      description: 'An X-Position: the answer includes that write',
    }),
    ApiResponse({
      status: 200,
      description: 'A page as JSON, or a stream',
      content: {
        'application/json': { schema: { $ref: '#/components/schemas/UserEventsResponse' } },
        'text/event-stream': { schema: { type: 'string' } },
      },
    }),
    problem(400, 'Not as documented'),
    problem(401, 'No valid API key'),
    problem(403, 'Neither account admin nor AUDIT_READ'),
    problem(500, 'Internal error'),
    problem(503, 'Try again'),
  );
