import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/**
 * What each folder may import: folders of ours, and packages by the beginnings of their names. Node's own modules are
 * free to all. Files directly under `src`, and the command line in `src/cli`, compose, and may import what they compose.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'event-sourcing': [],
  'users/domain': ['event-sourcing'],
  'users/contract': ['users/domain', 'event-sourcing'],
  'users/commands': ['users/domain', 'event-sourcing', '@nestjs/'],
  'users/projections': ['users/domain', 'event-sourcing'],
  'users/queries': ['users/projections', 'users/domain', 'event-sourcing', '@nestjs/', 'lru-cache'],
  'users/invitations': ['users/commands', 'users/domain', 'event-sourcing'],
  'users/http': [
    ...['users/commands', 'users/queries', 'users/projections', 'users/domain', 'users/contract'],
    ...['event-sourcing', 'http'],
    ...['@nestjs/', 'class-validator', 'class-transformer', 'fastify', 'uuid'],
  ],
  users: [
    ...['event-sourcing', 'users/commands', 'users/contract', 'users/queries', 'users/projections', 'users/http'],
    '@nestjs/',
  ],
  http: ['event-sourcing', '@nestjs/', 'fastify', 'find-my-way', 'lru-cache'],
  'infrastructure/event-store': ['event-sourcing', '@eventstore/db-client', 'uuid', 'lru-cache'],
  'infrastructure/read-model': ['event-sourcing', 'kysely', 'better-sqlite3', 'pg'],
  'infrastructure/projector': ['event-sourcing'],
  'infrastructure/mail': ['event-sourcing', 'nodemailer'],
  observability: [
    'event-sourcing',
    'http',
    'infrastructure/projector',
    '@nestjs/',
    'fastify',
    'prom-client',
    '@opentelemetry/',
  ],
  'embedded-event-store': ['@eventstore/db-client/generated/', '@grpc/grpc-js', 'google-protobuf', 'better-sqlite3'],
};
const COMPOSITION = [
  ...['event-sourcing', 'users', 'http', 'infrastructure', 'observability'],
  ...['@nestjs/', 'fastify', 'kysely', 'pino', 'reflect-metadata', 'ulid'],
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|(?:^|\n)\s*import\s+'([^']+)'|import\(\s*'([^']+)'/g;

const folderOf = (file: string): string =>
  Object.keys(MAY_IMPORT)
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0] ?? '';

/** What a file imports against the rules. `file` is relative to `src`. */
function violations(file: string, text: string): string[] {
  const folder = folderOf(file);
  const allowed = MAY_IMPORT[folder] ?? COMPOSITION;
  const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return imports.filter((name) => {
    if (name.startsWith('node:')) return false;
    if (!name.startsWith('.')) return !allowed.some((begin) => name.startsWith(begin));
    const target = relative(SRC, join(SRC, dirname(file), name));
    const targetFolder = folderOf(target);
    if (targetFolder === folder) return false;
    return !allowed.some((begin) => targetFolder === begin || targetFolder.startsWith(`${begin}/`) || begin === target);
  });
}

const files = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'));

it.each(files)('%s imports only what its folder may', (file) => {
  expect(violations(file, readFileSync(join(SRC, file), 'utf8'))).toEqual([]);
});
it('finds the files it is about', () => {
  expect(new Set(files.map(folderOf))).toEqual(new Set([...Object.keys(MAY_IMPORT), '']));
});

describe('each rule notices what it forbids', () => {
  it.each([
    ['event-sourcing/x.ts', '../users/domain/user.js'],
    ['users/domain/x.ts', '@nestjs/common'],
    ['users/domain/x.ts', '../projections/user-view.projection.js'],
    ['users/contract/x.ts', '@nestjs/common'],
    ['users/contract/x.ts', '../projections/user-view.projection.js'],
    ['users/domain/x.ts', '../contract/cloud-event.js'],
    ['users/commands/x.ts', '../projections/user-view.projection.js'],
    ['users/commands/x.ts', '../../infrastructure/event-store/stamp.js'],
    ['users/projections/x.ts', '../queries/user-history.js'],
    ['users/projections/x.ts', '@nestjs/common'],
    ['users/queries/x.ts', '../commands/once.js'],
    ['users/queries/x.ts', 'kysely'],
    ['users/invitations/x.ts', '../../infrastructure/mail/smtp-mailer.js'],
    ['users/invitations/x.ts', '../http/conditions.js'],
    ['infrastructure/mail/x.ts', '../../users/domain/user.js'],
    ['users/http/x.ts', '../../infrastructure/read-model/sqlite.js'],
    ['users/x.ts', '../infrastructure/projector/projector.js'],
    ['http/x.ts', '../users/domain/user.js'],
    ['infrastructure/event-store/x.ts', '../../users/domain/user.js'],
    ['infrastructure/read-model/x.ts', '@eventstore/db-client'],
    ['infrastructure/projector/x.ts', '../read-model/sqlite.js'],
    ['infrastructure/projector/x.ts', 'kysely'],
    ['embedded-event-store/x.ts', '../event-sourcing/fact.js'],
    ['embedded-event-store/x.ts', '@eventstore/db-client'],
    ['observability/x.ts', '../users/domain/user.js'],
    ['observability/x.ts', '../infrastructure/read-model/sqlite.js'],
    ['http/x.ts', '../observability/traces.js'],
    ['infrastructure/event-store/x.ts', 'prom-client'],
    ['users/commands/x.ts', '@opentelemetry/api'],
    ['main.ts', 'prom-client'],
    ['main.ts', './embedded-event-store/main.js'],
    ['main.ts', './embedded-event-store/cli.js'],
    ['main.ts', '@eventstore/db-client'],
  ])('%s must not import %s', (file, name) => {
    expect(violations(file, `import { x } from '${name}';`)).toEqual([name]);
  });
});
it('keeps every file short enough to be about one thing', () => {
  const long = files.filter((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length > 201);
  expect(long).toEqual([]);
});
