import { CUSTOM, PREDEFINED, type RoleResponse } from './user.response.js';

const MAX_ID_LENGTH = 255;

/** What a role in a request cannot be; undefined where it can be read as one. */
export function roleFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const { type, name, id, ...others } = value as Record<string, unknown>;
  if (Object.keys(others).length > 0) return 'must have no members but type, name and id';
  if (type === 'predefined')
    return id === undefined && typeof name === 'string' && PREDEFINED.includes(name)
      ? undefined
      : `must have name ${PREDEFINED.join(', ')} with type predefined`;
  if (type !== 'custom') return 'must have type predefined or custom';
  const named = name === undefined && typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH;
  return named ? undefined : 'must have an id with type custom';
}

/** A role as events have it, of one that {@link roleFault} finds nothing wrong with. */
export const storedRole = ({ name, id }: RoleResponse): string => name ?? `${CUSTOM}${id ?? ''}`;
