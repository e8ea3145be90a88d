import * as db from '@eventstore/db-client';
import { contract } from './contract.js';

contract('@eventstore/db-client', {
  ...db,
  connect: (url) => db.EventStoreDBClient.connectionString(url),
  filtersReads: false,
  turnsAtTheEdges: false,
  closesOnlyWhatExists: true,
});
