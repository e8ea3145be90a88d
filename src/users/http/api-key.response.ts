import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PaginationResponse } from '../../http/pagination.response.js';
import { encodeId, encodeUserId } from '../domain/public-id.js';
import type { ApiKeyView } from '../projections/api-key-view.projection.js';
import type { ListedApiKey } from '../queries/list-api-keys.handler.js';

class KeyResponse {
  @ApiProperty({ type: String, example: 'QXBpS2V5OjAxSkRaN1kzUTlHMVBLVjVUOUY2VzhYMkFL' })
  id!: string;
  @ApiProperty({ type: String, example: 'nightly export' })
  name!: string;
  @ApiProperty({ type: String, example: 'ul_3Xk…9fQz', description: 'Enough of it to tell it from others' })
  redacted_key!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-02T03:04:05.678Z' })
  created_at!: string;
  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Absent: never' })
  expires_at?: string;
}

/** An API key just made, the only time that it is shown. */
export class CreatedApiKeyResponse extends KeyResponse {
  @ApiProperty({ type: String, description: 'The key itself: shown now and never again' })
  key!: string;
}

/** An API key as lists show it. */
export class ApiKeyResponse extends KeyResponse {
  @ApiProperty({ type: String, description: 'Whose it is' })
  user_id!: string;
  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'To about a minute; absent: never' })
  last_used_at?: string;
}

export class ApiKeysResponse {
  @ApiProperty({ type: [ApiKeyResponse] })
  api_keys!: ApiKeyResponse[];
  @ApiProperty({ type: PaginationResponse })
  pagination!: PaginationResponse;
}

const expiry = ({ expiresAt }: ApiKeyView): { expires_at?: string } =>
  expiresAt === null ? {} : { expires_at: expiresAt };

export const createdApiKeyResponse = (view: ApiKeyView, key: string): CreatedApiKeyResponse => ({
  id: encodeId('ApiKey', view.apiKeyId),
  name: view.name,
  key,
  redacted_key: view.redactedKey,
  created_at: view.createdAt,
  ...expiry(view),
});

export const apiKeyResponse = (view: ListedApiKey): ApiKeyResponse => ({
  id: encodeId('ApiKey', view.apiKeyId),
  name: view.name,
  user_id: encodeUserId(view.userId),
  redacted_key: view.redactedKey,
  created_at: view.createdAt,
  ...expiry(view),
  ...(view.lastUsedAt !== undefined && { last_used_at: view.lastUsedAt }),
});
