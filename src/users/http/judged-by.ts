import { registerDecorator } from 'class-validator';

/** A member judged by a rule of ours: the rule says what is wrong with a value, or undefined where nothing is. */
export function JudgedBy(faultOf: (value: unknown) => string | undefined): PropertyDecorator {
  return (target, propertyName) => {
    const name = propertyName as string;
    registerDecorator({
      name: 'judgedBy',
      target: target.constructor,
      propertyName: name,
      validator: {
        validate: (value) => faultOf(value) === undefined,
        defaultMessage: (about) => `${name} ${faultOf(about?.value) ?? ''}`,
      },
    });
  };
}

/** A rule about texts, for members that may be anything. */
export const ofText =
  (faultOf: (text: string) => string | undefined) =>
  (value: unknown): string | undefined =>
    typeof value === 'string' ? faultOf(value) : 'must be a string';

/** Turns texts into what they are stored as, and leaves everything else to be judged. */
export const textAs =
  (normalise: (text: string) => string) =>
  ({ value }: { value: unknown }): unknown =>
    typeof value === 'string' ? normalise(value) : value;
