import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, registerDecorator, ValidateIf } from 'class-validator';
import { MAX_NAME_LENGTH, nameFault, normaliseName } from '../domain/user-name.js';

const fault = (value: unknown): string | undefined =>
  typeof value === 'string' ? nameFault(value) : 'must be a string';

/** A display name, judged after normalisation by the domain's own rule. */
function IsDisplayName(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isDisplayName',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: (value) => fault(value) === undefined,
        defaultMessage: (about) => `name ${fault(about?.value) ?? ''}`,
      },
    });
  };
}

const normalised = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normaliseName(value) : value;

/** The body of PATCH. Absent is absent: null is refused for either, which `IsOptional` would let through. */
export class UpdateUserDto {
  @ApiPropertyOptional({
    type: String,
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    description: 'Display name; trimmed, then 1–255 characters',
  })
  @Transform(normalised)
  @ValidateIf((dto: UpdateUserDto) => dto.name !== undefined)
  @IsDisplayName()
  name?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'Developer permission; only account admins set it' })
  @ValidateIf((dto: UpdateUserDto) => dto.is_developer !== undefined)
  @IsBoolean()
  is_developer?: boolean;
}
