import type { AnyCatalogue, Upcasters } from '../../../src/event-sourcing/catalogue.js';
import type { Meta } from '../../../src/event-sourcing/fact.js';

export const catalogue: AnyCatalogue = {
  Renamed: { version: 1, fields: { from: 'string', to: 'string' }, personal: [] },
  Everything: {
    version: 3,
    fields: {
      text: 'string',
      maybe: 'string?',
      list: 'strings',
      flag: 'boolean',
      count: 'integer',
      at: 'time',
      until: 'time?',
    },
    personal: [],
  },
};

export const upcasters: Upcasters = {
  'Everything.1': ({ name, ...data }) => ({ ...data, text: name }),
  'Everything.2': (data) => ({ ...data, maybe: null }),
};

export const everything = {
  text: 'a',
  maybe: null,
  list: ['x', 'y'],
  flag: false,
  count: 7,
  at: '2026-01-02T03:04:05.678Z',
  until: null,
};

export function aMeta(changes: Partial<Meta> = {}): Meta {
  return {
    schemaVersion: 1,
    accountId: 'account',
    actor: { userId: 'ada', name: 'Ada', role: 'OWNER', apiKeyId: null },
    rule: 'account_admin',
    requestId: 'request',
    ip: null,
    userAgent: null,
    commandId: 'command',
    occurredAt: '2026-01-02T03:04:05.678Z',
    $correlationId: 'correlation',
    $causationId: 'causation',
    ...changes,
  };
}
