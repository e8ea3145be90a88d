import { getEventListeners } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Log } from '../../../src/event-sourcing/log.js';
import { PostgresNews } from '../../../src/infrastructure/read-model/postgres-news.js';
import { onPool, openPool } from '../../../src/infrastructure/read-model/postgres.js';
import { type Certificate, makeCertificate } from '../../support/certificate.js';
import { silent } from '../../support/databases.js';
import { eventually } from '../../support/load.js';
import { SilentPostgres } from '../../support/silent-postgres.js';

it('word of commits is waited for without end, and nothing of that is left behind', async () => {
  const news = new PostgresNews('postgres://nobody@127.0.0.1:1/none', 'x', silent);
  const { signal } = new AbortController();
  for (let i = 0; i < 100; i++) await news.next(1, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('while the certificate of the database is replaced', () => {
  let server: SilentPostgres;
  let certificate: Certificate;
  let dir: string;
  let file: string;
  const replaced = (): void => {
    copyFileSync(certificate.cert, file);
  };
  /** Whoever comes to the server has read the file. */
  const url = (): string => `${server.url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`;

  beforeEach(async () => {
    server = await SilentPostgres.start();
    certificate = await makeCertificate();
    dir = mkdtempSync(join(tmpdir(), 'user-ledger-certificate-'));
    file = join(dir, 'ca.crt');
  });
  afterEach(async () => {
    await server.stop();
    certificate.remove();
    rmSync(dir, { recursive: true });
  });

  it('commits are listened for again', async () => {
    const faults: unknown[] = [];
    const warn: Log['warn'] = (fields) => faults.push((fields as { fault: unknown }).fault);
    const news = new PostgresNews(url(), 'x', { ...silent, warn });
    try {
      news.listen();
      await eventually('it was tried twice', () => faults.length >= 2);
      expect(new Set(faults)).toEqual(new Set(['ENOENT']));
      replaced();
      await eventually('the server is asked', () => server.connections > 0);
    } finally {
      await news.close();
    }
  });

  it('statements fail as where the database is gone, those that wait for a connection, too', async () => {
    replaced();
    server.silent = true;
    const db = onPool(openPool(url(), 1, silent, { withinMs: 100 }));
    const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
    const ask = () => sql`select 1`.execute(db).then(() => 'an answer', codeOf);
    try {
      const asked = [ask(), ask(), ask()];
      await eventually('the first has come', () => server.connections === 1);
      rmSync(file);
      await server.stop();
      expect(await Promise.all(asked)).toEqual(['ECONNRESET', 'ENOENT', 'ENOENT']);
    } finally {
      await db.destroy();
    }
  });
});
