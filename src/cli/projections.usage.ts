const ALWAYS = `Options:
  --json    the result as JSON on standard output
  --help    this text

Settings come from the environment, as for the service (see README.md).
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** What each command says of itself. */
export const usages = {
  list: `Usage: npm run -s cli -- projections list [--json]

Lists the tables of the read model: how many rows, and the position of the newest. The service may be running.

${ALWAYS}`,
  rebuild: `Usage: npm run -s cli -- projections rebuild [--json]

Empties the read model and tells it all of history again: users, versions, audit trail.
The service must not be running on this data directory, and no instance on this database. Cut short, it is gone on with
by the next start of the service.

${ALWAYS}`,
  verify: `Usage: npm run -s cli -- projections verify [--json]

Reads the log up to where the read model has been told, and holds what it says it was told against that: each event once,
none missing, none of another log. The service, or EVENTSTORE_URL, has to be running. 1 where it is not so.

${ALWAYS}`,
  drop: `Usage: npm run -s cli -- projections drop VERSION [--json]

Removes what a version of another shape has told, as list names it, once none of its instances runs.

${ALWAYS}`,
} as const;

/** A command for the tables of the read model. */
export type Verb = keyof typeof usages;

export const usage = `Usage: npm run -s cli -- projections <command> [options]

Commands:
  list           lists the tables of the read model
  rebuild        empties them and tells them all of history again
  verify         holds what they were told against the log
  drop VERSION   removes what a version of another shape has told

Each has --help. Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
