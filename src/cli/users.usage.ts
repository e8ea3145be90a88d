const ALWAYS = `  --url U                 the service (default: base_url in DATA_DIR/initial-admin.json)
  --key K                 an API key (default: api_key in there)
  --json                  the answer as JSON on standard output
  --help                  this text

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** What each command says of itself. */
export const usages = {
  list: `Usage: npm run -s cli -- users list [options]

Lists users, oldest first.

Options:
  --email TEXT            only those whose e-mail contains it, in any case
  --status S              only those who are active, invited or expired
  --limit N               at most so many (100)
${ALWAYS}`,
  get: `Usage: npm run -s cli -- users get USER_ID [options]

Shows a user.

Options:
${ALWAYS}`,
  invite: `Usage: npm run -s cli -- users invite EMAIL --name NAME [options]

Invites a user by a link in an e-mail, or adds them at once.

Options:
  --name NAME             display name
  --role R                admin, member (the default) or annotator
  --developer true|false  developer permission (by default not for annotators)
  --at-once               active at once: no e-mail, no link
${ALWAYS}`,
  update: `Usage: npm run -s cli -- users update USER_ID [options]

Changes a user's display name, developer permission, or both.

Options:
  --name NAME             display name
  --developer true|false  developer permission
${ALWAYS}`,
  remove: `Usage: npm run -s cli -- users remove USER_ID [options]

Removes a user, for good.

Options:
${ALWAYS}`,
} as const;

/** A command about users. */
export type Verb = keyof typeof usages;

export const usage = `Usage: npm run -s cli -- users <command> [options]

Commands:
  list             lists users
  get USER_ID      shows one
  invite EMAIL     invites one, or adds one at once
  update USER_ID   changes name or developer permission
  remove USER_ID   removes one, for good

Each has --help. They talk to the running service over HTTP. Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
