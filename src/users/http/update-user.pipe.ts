import { Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { InvalidRequest } from '../../http/invalid-request.js';
import { UpdateUserDto } from './update-user.dto.js';

const MEMBERS: readonly string[] = ['name', 'is_developer'] satisfies (keyof UpdateUserDto)[];

/**
 * Turns a body into a valid {@link UpdateUserDto}, or tells each member's first fault.
 *
 * Members are compared here, for class-transformer drops those named like Object.prototype's before anyone sees them.
 * Nothing is converted: implicit conversion would make the text "false" a permission granted.
 */
@Injectable()
export class UpdateUserPipe implements PipeTransform<unknown, Promise<UpdateUserDto>> {
  /** @throws InvalidRequest */
  async transform(body: unknown): Promise<UpdateUserDto> {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new InvalidRequest('body', 'must be a JSON object');
    const unknown = Object.keys(body).filter((member) => !MEMBERS.includes(member));
    const { name, is_developer } = body as UpdateUserDto;
    const dto = plainToInstance(UpdateUserDto, { name, is_developer });
    const faults = await validate(dto, { forbidUnknownValues: true, stopAtFirstError: true });
    const errors = [
      ...unknown.map((field) => ({ field, message: 'is not a member of this request' })),
      ...faults.map(({ property, constraints = {} }) => ({
        field: property,
        message: Object.values(constraints)[0] ?? 'is invalid',
      })),
    ];
    if (errors.length > 0) throw InvalidRequest.of(errors);
    if (dto.name === undefined && dto.is_developer === undefined)
      throw new InvalidRequest('body', 'must have at least one of name and is_developer');
    return dto;
  }
}
