import { Injectable, type PipeTransform } from '@nestjs/common';
import { CreateUserDto } from './create-user.dto.js';
import { validBody } from './valid-body.js';

/** Turns a body into a valid {@link CreateUserDto}. */
@Injectable()
export class CreateUserPipe implements PipeTransform<unknown, Promise<CreateUserDto>> {
  /** @throws InvalidRequest */
  transform(body: unknown): Promise<CreateUserDto> {
    return validBody(body, CreateUserDto, ['name', 'email', 'role', 'invite_mode', 'is_developer']);
  }
}
