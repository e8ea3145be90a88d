import { Injectable, type PipeTransform, type ValidationError, ValidationPipe } from '@nestjs/common';
import { InvalidRequest } from '../../http/invalid-request.js';
import { UpdateUserDto } from './update-user.dto.js';

/** Says each field's first fault. */
const invalid = (errors: ValidationError[]): InvalidRequest =>
  InvalidRequest.of(
    errors.map(({ property, constraints = {} }) => ({
      field: property,
      message:
        'whitelistValidation' in constraints
          ? 'is not a member of this request'
          : (Object.values(constraints)[0] ?? 'is invalid'),
    })),
  );

/** Implicit conversion stays off: it turns the text "false" into a permission granted. */
const validation = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  exceptionFactory: invalid,
});

/** Turns a body into a valid {@link UpdateUserDto}. @throws InvalidRequest */
@Injectable()
export class UpdateUserPipe implements PipeTransform<unknown, Promise<UpdateUserDto>> {
  async transform(body: unknown): Promise<UpdateUserDto> {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw new InvalidRequest('body', 'must be a JSON object');
    const dto = (await validation.transform(body, { type: 'body', metatype: UpdateUserDto })) as UpdateUserDto;
    if (dto.name === undefined && dto.is_developer === undefined)
      throw new InvalidRequest('body', 'must have at least one of name and is_developer');
    return dto;
  }
}
