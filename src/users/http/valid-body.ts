import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { InvalidRequest } from '../../http/invalid-request.js';

/**
 * Turns a body into a valid DTO, or tells each member's first fault.
 *
 * Members are compared here, for class-transformer drops those named like Object.prototype's before anyone sees them.
 * Nothing is converted: implicit conversion would make the text "false" a permission granted.
 *
 * @throws InvalidRequest
 */
export async function validBody<T extends object>(
  dtoClass: new () => T,
  members: readonly (keyof T & string)[],
  body: unknown,
): Promise<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidRequest('body', 'must be a JSON object');
  const unknown = Object.keys(body).filter((member) => !members.includes(member as keyof T & string));
  const known = Object.fromEntries(members.map((member) => [member, (body as Record<string, unknown>)[member]]));
  const dto = plainToInstance(dtoClass, known);
  const faults = await validate(dto, { forbidUnknownValues: true, stopAtFirstError: true });
  const errors = [
    ...unknown.map((field) => ({ field, message: 'is not a member of this request' })),
    ...faults.map(({ property, constraints = {} }) => ({
      field: property,
      message: Object.values(constraints)[0] ?? 'is invalid',
    })),
  ];
  if (errors.length > 0) throw InvalidRequest.of(errors);
  return dto;
}
