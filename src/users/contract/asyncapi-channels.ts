import { feedMessages, nativeMessages } from './asyncapi-messages.js';

const eventStore = { servers: [{ $ref: '#/servers/eventStore' }] };

/** Where user events are to be had. */
export const channels = {
  userStream: {
    address: 'user-{userId}',
    title: 'One user',
    description: 'Everything that happened to one user, in order.',
    ...eventStore,
    parameters: { userId: { description: 'The ULID of the user.' } },
    messages: nativeMessages,
  },
  userCategory: {
    address: '$ce-user',
    title: 'All users',
    description:
      'All user streams as one, where the system projection $by_category runs. It holds links: subscribe with links resolved.',
    ...eventStore,
    messages: nativeMessages,
  },
  userEventFeed: {
    address: '/v2/user-events',
    title: 'All users of an account, over HTTP',
    description:
      'Server-sent events: `id` is a cursor to resume from, `event` the type, `data` a CloudEvents 1.0 document. ' +
      'An event `caught-up` says that history is through. Without `Accept: text/event-stream` the same come in pages.',
    servers: [{ $ref: '#/servers/http' }],
    messages: feedMessages,
  },
};

/** What the service does there: it sends, consumers receive. */
export const operations = {
  sendOneUser: {
    action: 'send',
    summary: 'Tells what happened to one user.',
    channel: { $ref: '#/channels/userStream' },
  },
  sendAllUsers: {
    action: 'send',
    summary: 'Tells what happened to any user.',
    channel: { $ref: '#/channels/userCategory' },
  },
  feedAllUsers: {
    action: 'send',
    summary: 'Tells, to whoever asks, what happened to the users of their account.',
    channel: { $ref: '#/channels/userEventFeed' },
    bindings: { http: { method: 'GET', query: feedQuery(), bindingVersion: '0.3.0' } },
  },
};

function feedQuery(): object {
  const after = { type: 'string', description: 'The cursor to resume after; `Last-Event-ID` means the same.' };
  const type = { type: 'array', items: { type: 'string' }, description: 'Only events of these types.' };
  const limit = { type: 'integer', minimum: 1, maximum: 100, default: 50, description: 'The size of a page.' };
  return { type: 'object', properties: { after, type, limit } };
}
