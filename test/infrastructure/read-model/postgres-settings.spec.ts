import { expect, it } from '@jest/globals';
import { PostgresClient } from '../../../src/infrastructure/read-model/postgres-client.js';
import { connectionSettings } from '../../../src/infrastructure/read-model/postgres-settings.js';

const optionsOf = (query: string): unknown => {
  const url = `postgres://ada:a%2Fb@h/d${query}`;
  const client = new PostgresClient(connectionSettings(url)) as unknown as Record<string, Record<string, unknown>>;
  const { user, password, host, database, options } = client.connectionParameters ?? {};
  expect([user, password, host, database]).toEqual(['ada', 'a/b', 'h', 'd']);
  return options;
};

it.each([
  ['', '-c search_path=user_ledger'],
  ['?options=-c%20work_mem%3D5MB', '-c work_mem=5MB -c search_path=user_ledger'],
  ['?options=-c+work_mem=5MB&sslmode=disable', '-c work_mem=5MB -c search_path=user_ledger'],
  ['?options=-c%20search_path=x', '-c search_path=x -c search_path=user_ledger'],
  ['?options=', '-c search_path=user_ledger'],
])('an address with %j keeps its options, and the search path is ours, which comes last', (query, options) => {
  expect(optionsOf(query)).toBe(options);
});
