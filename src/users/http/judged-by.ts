import { registerDecorator } from 'class-validator';

/** A member judged by a rule of ours, which says what is wrong with it; undefined: nothing. */
export function JudgedBy(name: string, fault: (value: unknown) => string | undefined): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: (value) => fault(value) === undefined,
        defaultMessage: (about) => `${about?.property ?? ''} ${fault(about?.value) ?? ''}`,
      },
    });
  };
}
