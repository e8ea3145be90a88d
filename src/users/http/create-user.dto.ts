import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, ValidateIf } from 'class-validator';
import { INVITE_MODES, type InviteMode } from '../domain/create-user.js';
import { emailFault, normaliseEmail } from '../domain/email.js';
import { MAX_NAME_LENGTH, nameFault, normaliseName } from '../domain/user-name.js';
import { JudgedBy, ofText, textAs } from './judged-by.js';
import { roleFault } from './role.js';
import { RoleResponse } from './user.response.js';

/** The body of POST: a new user. */
export class CreateUserDto {
  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    description: 'Display name; trimmed, then 1–255 characters',
  })
  @Transform(textAs(normaliseName))
  @JudgedBy(ofText(nameFault))
  name!: string;

  @ApiProperty({ type: String, maxLength: 254, description: 'Unique in the account, whatever its case' })
  @Transform(textAs(normaliseEmail))
  @JudgedBy(ofText(emailFault))
  email!: string;

  @ApiProperty({ type: RoleResponse, description: 'Custom roles cannot be assigned yet (422)' })
  @JudgedBy(roleFault)
  role!: RoleResponse;

  @ApiProperty({
    enum: INVITE_MODES,
    description: 'none: active at once; email_link: once they accept; temporary_password is not supported (422)',
  })
  @IsIn(INVITE_MODES)
  invite_mode!: InviteMode;

  @ApiPropertyOptional({ type: Boolean, description: 'By default true for admins and members, false for annotators' })
  @ValidateIf((dto: CreateUserDto) => dto.is_developer !== undefined)
  @IsBoolean()
  is_developer?: boolean;
}
