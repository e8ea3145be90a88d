import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { nameFault, normaliseName } from '../domain/user-name.js';
import { JudgedBy } from './judged-by.js';

const fault = (value: unknown): string | undefined =>
  typeof value === 'string' ? nameFault(value) : 'must be a string';

const normalised = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normaliseName(value) : value;

/** A display name, judged after normalisation by the domain's own rule. */
export const IsDisplayName = (): PropertyDecorator =>
  applyDecorators(Transform(normalised), JudgedBy('isDisplayName', fault));
