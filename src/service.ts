import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Rows, Receipts } from './event-sourcing/read-model.js';
import { AppModule, type Resources } from './app.module.js';
import { acceptJsonOnly } from './http/json-body.js';
import { allowedMethods, MethodNotAllowed } from './http/method-not-allowed.js';
import { publishOpenApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { httpServer } from './http/server.js';
import { Projector } from './infrastructure/projector/projector.js';
import { SqlReceipts } from './infrastructure/read-model/sql-receipts.js';
import { authenticate } from './users/http/authentication.hook.js';
import { statusTable } from './users/http/status-table.js';
import { documentedModels } from './users/http/users.documentation.js';
import { Authentication } from './users/queries/authenticate.js';

/** Routes that ask for no API key: by the pattern that matched, never by the path as spelt. */
const PUBLIC = /^\/(health\/(live|ready)|openapi\.json|docs(\/.*)?)$/;

/** The application, built but not yet listening. */
export type Service = Readonly<{
  app: NestFastifyApplication;
  fastify: FastifyInstance;
  projector: Projector;
  commands: CommandBus;
  rows: Rows;
}>;

/** Builds the application and tells it all of history, or what of it can be told. */
export async function startService(resources: Resources): Promise<Service> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(resources), httpServer(), {
    logger: ['error', 'warn'],
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  guardRequests(fastify, app.get(Authentication));
  app.useGlobalFilters(new ProblemFilter(statusTable, resources.log));
  publishOpenApi(app, documentedModels);
  const receipts = app.get(Receipts);
  if (receipts instanceof SqlReceipts) await receipts.open();
  await app.init();
  await fastify.ready();
  const projector = app.get(Projector);
  await projector.start();
  return { app, fastify, projector, commands: app.get(CommandBus), rows: app.get(Rows) };
}

function guardRequests(fastify: FastifyInstance, authentication: Authentication): void {
  acceptJsonOnly(fastify);
  const methodsOf = allowedMethods(fastify);
  fastify.decorateRequest('principal', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook(
    'onRequest',
    authenticate((key) => authentication.principal(key), isPublic),
  );
  fastify.addHook('onRequest', (request, _reply, done) => {
    const allowed = request.is404 ? methodsOf(pathOf(request)) : [];
    done(allowed.length > 0 ? new MethodNotAllowed(allowed) : undefined);
  });
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';

/** What exists names itself by its route; of what does not, anything that may be meant for the API asks for a key. */
const isPublic = (request: FastifyRequest): boolean =>
  request.is404 ? !/^\/+v2(\/|$)/i.test(pathOf(request)) : PUBLIC.test(request.routeOptions.url ?? '');
