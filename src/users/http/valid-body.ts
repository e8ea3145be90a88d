import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { InvalidRequest } from '../../http/invalid-request.js';

/**
 * Turns a body into a valid instance of a DTO, or tells each member's first fault.
 *
 * Members are compared here, for class-transformer drops those named like Object.prototype's before anyone sees them.
 * Nothing is converted: implicit conversion would make the text "false" a permission granted.
 *
 * @throws InvalidRequest
 */
export async function validBody<T extends object>(
  body: unknown,
  dto: ClassConstructor<T>,
  members: readonly (keyof T & string)[],
): Promise<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidRequest('body', 'must be a JSON object');
  const known = new Set<string>(members);
  const unknown = Object.keys(body).filter((member) => !known.has(member));
  const given = Object.fromEntries(Object.entries(body).filter(([member]) => known.has(member)));
  const instance = plainToInstance(dto, given);
  const faults = await validate(instance, { forbidUnknownValues: true, stopAtFirstError: true });
  const errors = [
    ...unknown.map((field) => ({ field, message: 'is not a member of this request' })),
    ...faults.map(({ property, constraints = {} }) => ({
      field: property,
      message: withoutName(property, Object.values(constraints)[0] ?? 'is invalid'),
    })),
  ];
  if (errors.length > 0) throw InvalidRequest.of(errors);
  return instance;
}

/** class-validator's own messages begin with the member, which is told beside them. */
const withoutName = (property: string, message: string): string =>
  message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
