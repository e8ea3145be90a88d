import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, ValidateIf } from 'class-validator';
import { MAX_NAME_LENGTH, nameFault, normaliseName } from '../domain/user-name.js';
import { JudgedBy, ofText, textAs } from './judged-by.js';

/** The body of PATCH. Absent is absent: null is refused for either, which `IsOptional` would let through. */
export class UpdateUserDto {
  @ApiPropertyOptional({
    type: String,
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    description: 'Display name; trimmed, then 1–255 characters',
  })
  @Transform(textAs(normaliseName))
  @ValidateIf((dto: UpdateUserDto) => dto.name !== undefined)
  @JudgedBy(ofText(nameFault))
  name?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'Developer permission; only account admins set it' })
  @ValidateIf((dto: UpdateUserDto) => dto.is_developer !== undefined)
  @IsBoolean()
  is_developer?: boolean;
}
