import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { UserView } from '../projections/user-view.projection.js';
import { PaginationResponse } from '../../http/pagination.response.js';
import { encodeUserId } from '../domain/public-id.js';

export const PREDEFINED: readonly string[] = ['admin', 'member', 'annotator'];
/** How events begin a role that is not predefined. */
export const CUSTOM = 'custom:';

export class RoleResponse {
  @ApiProperty({ enum: ['predefined', 'custom'] })
  type!: 'predefined' | 'custom';
  @ApiPropertyOptional({ enum: PREDEFINED, description: 'With type predefined' })
  name?: string;
  @ApiPropertyOptional({ type: String, description: 'With type custom' })
  id?: string;
}

/** The account user object: exactly these seven members, for the SDKs refuse others. */
export class UserResponse {
  @ApiProperty({ type: String, example: 'VXNlcjowMUpEWjdZM1E5RzFQS1Y1VDlGNlc4WDJBNA==' })
  id!: string;
  @ApiProperty({ type: String, example: 'Ada Lovelace' })
  name!: string;
  @ApiProperty({ type: String, example: 'ada@example.com' })
  email!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-02T03:04:05.678Z' })
  created_at!: string;
  @ApiProperty({ enum: ['active', 'invited', 'expired'] })
  status!: string;
  @ApiProperty({ type: RoleResponse })
  role!: RoleResponse;
  @ApiProperty({ type: Boolean })
  is_developer!: boolean;
}

/** A new user, and how they come in. */
export class CreatedUserResponse extends UserResponse {
  @ApiProperty({ enum: ['none', 'email_link'] })
  invite_mode!: 'none' | 'email_link';
}

export class UsersResponse {
  @ApiProperty({ type: [UserResponse] })
  users!: UserResponse[];
  @ApiProperty({ type: PaginationResponse })
  pagination!: PaginationResponse;
}

const roleOf = (role: string): RoleResponse =>
  PREDEFINED.includes(role)
    ? { type: 'predefined', name: role }
    : { type: 'custom', id: role.startsWith(CUSTOM) ? role.slice(CUSTOM.length) : role };

/** An invitation lapses by the clock alone; nothing happens that an event could tell. */
function statusOf({ state, invitationExpiresAt }: UserView, now: Date): string {
  if (state !== 'invited' || invitationExpiresAt === null) return state;
  return Date.parse(invitationExpiresAt) <= now.getTime() ? 'expired' : 'invited';
}

export const userResponse = (user: UserView, now: Date): UserResponse => ({
  id: encodeUserId(user.userId),
  name: user.name,
  email: user.email,
  created_at: user.createdAt,
  status: statusOf(user, now),
  role: roleOf(user.role),
  is_developer: user.isDeveloper,
});
