const SSL_MODES: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full'];

/**
 * What is wrong with a database address, in words that come after its name; undefined where nothing is. `prefer` and
 * `allow` are not taken: whoever is between could have them speak in the clear.
 */
export function databaseUrlFault(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\/./.test(text) || !URL.canParse(text))
    return 'must be postgres://user:password@host:port/database; leave it unset for SQLite in DATA_DIR';
  const { searchParams } = new URL(text);
  const mode = searchParams.get('sslmode') ?? 'disable';
  if (!SSL_MODES.includes(mode)) return `has an unknown sslmode; it must be one of ${SSL_MODES.join(', ')}`;
  if (mode === 'verify-ca' && !searchParams.has('sslrootcert')) return 'has sslmode=verify-ca, which needs sslrootcert';
  if (mode === 'disable' && searchParams.has('sslrootcert')) return 'has sslrootcert, which needs an sslmode';
  return undefined;
}

/** An address as it may be printed: without user and password, wherever they stand in it. */
export const maskedUrl = (url: string): string =>
  url.replace(/\/\/[^/]*@/, '//***@').replace(/([?&](?:password|user)=)[^&]*/g, '$1***');
