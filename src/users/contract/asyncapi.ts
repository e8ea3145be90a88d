import { channels, operations } from './asyncapi-channels.js';
import { messages, schemas } from './asyncapi-messages.js';

const servers = {
  eventStore: {
    host: '{host}',
    protocol: 'esdb',
    description: 'The EventStoreDB that the service writes to, or the one embedded in it.',
    variables: { host: { default: '127.0.0.1:2113' } },
  },
  http: {
    host: '{host}',
    protocol: 'http',
    description: 'The service itself.',
    variables: { host: { default: '127.0.0.1:3000' } },
    security: [{ $ref: '#/components/securitySchemes/apiKey' }],
  },
};

/** The AsyncAPI 3.0 document of everything a consumer of user events can receive. */
export const asyncApi = {
  asyncapi: '3.0.0',
  info: {
    title: 'user-ledger events',
    version: '1.0.0',
    description: 'What happened to users, in the order it happened. Schemas only gain optional fields.',
    license: { name: 'MIT' },
  },
  defaultContentType: 'application/json',
  servers,
  channels,
  operations,
  components: {
    schemas,
    messages,
    securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' } },
  },
};
