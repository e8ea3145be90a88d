import { ApiProperty } from '@nestjs/swagger';

/** How a list goes on. */
export class PaginationResponse {
  @ApiProperty({ type: Boolean })
  has_more!: boolean;
  @ApiProperty({ type: String, required: false, description: 'Absent on the last page' })
  next_cursor?: string;
}
