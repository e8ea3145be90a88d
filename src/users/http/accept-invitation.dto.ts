import { ApiProperty } from '@nestjs/swagger';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { validBody } from './valid-body.js';

const MAX_TOKEN_LENGTH = 255;

/** The token out of an invitation's link. */
export class AcceptInvitationDto {
  @ApiProperty({ type: String, minLength: 1, maxLength: MAX_TOKEN_LENGTH })
  @Length(1, MAX_TOKEN_LENGTH)
  @IsString()
  token!: string;
}

/** Turns a body into a valid {@link AcceptInvitationDto}. */
@Injectable()
export class AcceptInvitationPipe implements PipeTransform<unknown, Promise<AcceptInvitationDto>> {
  /** @throws InvalidRequest */
  transform(body: unknown): Promise<AcceptInvitationDto> {
    return validBody(body, AcceptInvitationDto, ['token']);
  }
}
