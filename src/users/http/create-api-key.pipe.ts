import { Injectable, type PipeTransform } from '@nestjs/common';
import { CreateApiKeyDto } from './create-api-key.dto.js';
import { validBody } from './valid-body.js';

/** Turns a body into a valid {@link CreateApiKeyDto}. */
@Injectable()
export class CreateApiKeyPipe implements PipeTransform<unknown, Promise<CreateApiKeyDto>> {
  /** @throws InvalidRequest */
  transform(body: unknown): Promise<CreateApiKeyDto> {
    return validBody(body, CreateApiKeyDto, ['name', 'user_id', 'expires_at']);
  }
}
