import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateIf } from 'class-validator';
import { InvalidRequest } from '../../http/invalid-request.js';
import { time } from '../../http/query-parameters.js';
import { MAX_NAME_LENGTH, nameFault, normaliseName } from '../domain/user-name.js';
import { JudgedBy, ofText, textAs } from './judged-by.js';
import { decodeId } from './user-id.js';

/** What a reader of text has against a member; undefined: nothing. */
const unreadable =
  (read: (text: string) => unknown) =>
  (value: string): string | undefined => {
    try {
      read(value);
      return undefined;
    } catch (error) {
      return error instanceof InvalidRequest ? error.errors[0]?.message : 'is invalid';
    }
  };

/** In a body nothing stands for a plus but a plus. */
const spelt = (text: string): string => time(text.includes(' ') ? '' : text);

/** The body of POST. Absent is absent: null is refused. */
export class CreateApiKeyDto {
  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    description: 'What the key is for; trimmed, then 1–255 characters',
  })
  @Transform(textAs(normaliseName))
  @JudgedBy(ofText(nameFault))
  name!: string;

  @ApiPropertyOptional({ type: String, description: 'Whose key; the own by default, others as account admin' })
  @ValidateIf((dto: CreateApiKeyDto) => dto.user_id !== undefined)
  @JudgedBy(ofText(unreadable((text) => decodeId(text, ''))))
  user_id?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'RFC 3339, in the future; absent: never' })
  @ValidateIf((dto: CreateApiKeyDto) => dto.expires_at !== undefined)
  @JudgedBy(ofText(unreadable(spelt)))
  expires_at?: string;
}
