import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class FieldErrorResponse {
  @ApiProperty({ type: String })
  field!: string;
  @ApiProperty({ type: String })
  message!: string;
}

/** RFC 9457 problem details as the published document describes them. */
export class ProblemResponse {
  @ApiProperty({ type: String, format: 'uri-reference', example: '/problems/user-not-found' })
  type!: string;
  @ApiProperty({ type: String })
  title!: string;
  @ApiProperty({ type: Number })
  status!: number;
  @ApiProperty({ type: String })
  detail!: string;
  @ApiProperty({ type: String })
  instance!: string;
  @ApiProperty({ type: String })
  request_id!: string;
  @ApiPropertyOptional({ type: [FieldErrorResponse], maxItems: 20 })
  errors?: FieldErrorResponse[];
}
