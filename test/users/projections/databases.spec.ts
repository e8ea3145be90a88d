import { randomInt } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { databases } from '../../support/databases.js';
import { randomFrom } from '../../support/load.js';
import { RandomHistory } from '../../support/random-history.js';
import { dumpOf, tellReadModel } from '../../support/read-model.js';

/** The long form: DATABASES_EVENTS=100000. */
const EVENTS = Number(process.env.DATABASES_EVENTS ?? 300);
const ROUNDS = Number(process.env.DATABASES_ROUNDS ?? 4);
const SEED = Number(process.env.DATABASES_SEED ?? randomInt(2 ** 31));

const names = databases.map(([name]) => name).join(' and ');

it(
  `${names} hold the same rows, however history was told (DATABASES_SEED=${SEED})`,
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { events } = new RandomHistory(randomFrom(SEED + round), EVENTS);
      const dumps: string[] = [];
      for (const [i, [, open]] of databases.entries()) {
        const database = await open();
        try {
          await tellReadModel(database, events, randomFrom(SEED + 1_000 * (i + 1) + round));
          dumps.push(await dumpOf(database.db));
        } finally {
          await database.close();
        }
      }
      expect(dumps[1]).toBe(dumps[0]);
      expect(dumps[0]?.split('\n').length).toBeGreaterThan(EVENTS);
    }
  },
  30_000 + (ROUNDS * EVENTS) / 5,
);
