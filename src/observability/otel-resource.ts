import type { TracerConfig } from '@opentelemetry/sdk-trace-node';

type Resource = NonNullable<TracerConfig['resource']>;
type Values = Readonly<Record<string, string>>;

/** Who sends spans, by OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES (`key=value`, percent-encoded, with commas between). */
export function resourceOf(env: Readonly<Record<string, string | undefined>>): Resource {
  const pairs = (env.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',').map((pair) => pair.split('='));
  const given = pairs.flatMap(([key = '', value]) =>
    value === undefined ? [] : [[key.trim(), decoded(value.trim())] as const],
  );
  const name = env.OTEL_SERVICE_NAME;
  return withValues({
    'service.name': 'user-ledger',
    ...Object.fromEntries(given),
    ...(name && { 'service.name': name }),
  });
}

/** The SDK's own class of these is in a package that only it depends on. */
const withValues = (values: Values): Resource => ({
  attributes: values,
  getRawAttributes: () => Object.entries(values),
  merge: (other) => withValues({ ...values, ...(other?.attributes as Values | undefined) }),
});

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
