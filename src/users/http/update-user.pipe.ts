import { Injectable, type PipeTransform } from '@nestjs/common';
import { InvalidRequest } from '../../http/invalid-request.js';
import { UpdateUserDto } from './update-user.dto.js';
import { validBody } from './valid-body.js';

/** Turns a body into a valid {@link UpdateUserDto} that asks for something. */
@Injectable()
export class UpdateUserPipe implements PipeTransform<unknown, Promise<UpdateUserDto>> {
  /** @throws InvalidRequest */
  async transform(body: unknown): Promise<UpdateUserDto> {
    const dto = await validBody(body, UpdateUserDto, ['name', 'is_developer']);
    if (dto.name === undefined && dto.is_developer === undefined)
      throw new InvalidRequest('body', 'must have at least one of name and is_developer');
    return dto;
  }
}
