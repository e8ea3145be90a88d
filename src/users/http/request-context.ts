import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../../event-sourcing/fact.js';
import { clientAddress } from '../../http/client-address.js';
import { traceparentOf } from '../../http/traceparent.js';
import type { Actor } from '../domain/actor.js';
import { Unauthenticated } from './authentication.hook.js';

/** @throws Unauthenticated: a route that asks for no key must not ask who is calling */
export function actorOf(request: FastifyRequest): Actor {
  if (!request.principal) throw new Unauthenticated();
  return request.principal.actor;
}

/** A header as one text, however often it was sent. */
export const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
};

/** Whoever asks, as far as it is stored; with a key, or without one. */
type Caller = Omit<Actor, 'permissions' | 'apiKeyId'> & Readonly<{ apiKeyId: string | null }>;

/** What is stored of a request with what it brought about. */
export function contextOf(request: FastifyRequest, actor: Caller): Omit<Context, 'rule'> {
  const traceparent = request.traceparent ?? traceparentOf(request);
  return {
    accountId: actor.accountId,
    actor: { userId: actor.userId, name: actor.name, role: actor.role, apiKeyId: actor.apiKeyId },
    requestId: request.id,
    ip: clientAddress(request),
    userAgent: request.headers['user-agent']?.slice(0, 256) ?? null,
    commandId: randomUUID(),
    ...(traceparent !== undefined && { traceparent }),
  };
}
