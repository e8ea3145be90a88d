const ALWAYS = `  --url U                 the address of the service, with --key
  --key K                 the API key to ask with
  --json                  the result as JSON on standard output
  --help                  this text

Without --url the service is the one that runs on DATA_DIR (default ./data), and the key its first admin's.
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** What each command says of itself. */
export const usages = {
  create: `Usage: npm run -s cli -- keys create NAME [options]

Makes an API key, and shows it this once.

Options:
  --user ID               whose key, by the id that the API gives; the own by default, others as account admin
  --expires-at TIME       when it stops to work, such as 2030-01-02T03:04:05Z; never by default
${ALWAYS}`,
  list: `Usage: npm run -s cli -- keys list [options]

Lists the own API keys, as account admin all of the account, oldest first. Those revoked are left out.

Options:
${ALWAYS}`,
  revoke: `Usage: npm run -s cli -- keys revoke ID [options]

Revokes an API key, by the id that list shows. It is refused from the next request on.

Options:
${ALWAYS}`,
} as const;

/** A command for API keys. */
export type Verb = keyof typeof usages;

export const usage = `Usage: npm run -s cli -- keys <command> [options]

Commands:
  create NAME   makes an API key, and shows it this once
  list          lists API keys
  revoke ID     revokes one

Each has --help. Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
