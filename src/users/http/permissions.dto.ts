import { ApiProperty } from '@nestjs/swagger';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { ArrayUnique, IsArray, IsIn } from 'class-validator';
import { type Permission, PERMISSIONS } from '../domain/permission.js';
import { validBody } from './valid-body.js';

/** The permissions a user holds, or is to hold; also the answer. */
export class PermissionsDto {
  @ApiProperty({ enum: PERMISSIONS, isArray: true, uniqueItems: true })
  @IsArray()
  @ArrayUnique()
  @IsIn(PERMISSIONS, { each: true })
  permissions!: Permission[];
}

/** Turns a body into a valid {@link PermissionsDto}. */
@Injectable()
export class PermissionsPipe implements PipeTransform<unknown, Promise<PermissionsDto>> {
  /** @throws InvalidRequest */
  transform(body: unknown): Promise<PermissionsDto> {
    return validBody(body, PermissionsDto, ['permissions']);
  }
}
