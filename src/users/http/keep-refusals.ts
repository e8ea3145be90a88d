import type { FastifyRequest } from 'fastify';
import type { Refusals } from '../commands/refusals.js';
import { NOBODY } from '../domain/public-id.js';
import { ApiNotAllowed } from './authentication.hook.js';
import { contextOf } from './request-context.js';
import { decodeUserId } from './user-id.js';

const READING: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Keeps the refusal of a request that would have changed something, where its key's owner may not use the API at all.
 * It is refused before its body is read, so which fields it was about stays unknown.
 */
export async function keepRefusal(error: unknown, request: FastifyRequest, refusals: Refusals): Promise<void> {
  if (!(error instanceof ApiNotAllowed) || READING.includes(request.method) || request.is404) return;
  const action = `${request.method} ${request.routeOptions.url ?? ''}`;
  const data = { action, targetId: targetOf(request), fields: [], missing: 'developer_permission' };
  await refusals.keep(data, contextOf(request, error.actor));
}

function targetOf({ params }: FastifyRequest): string {
  try {
    return decodeUserId((params as { user_id?: string }).user_id ?? '');
  } catch {
    return NOBODY;
  }
}
