const STREAM = `  --stream S              the stream the group takes from: $ce-user (the default), user-<ULID>, or $all for the
                          events of all users in the order of the log`;
const ALWAYS = `  --json                  the result as JSON on standard output
  --help                  this text

The event store is the one at EVENTSTORE_URL, else the one of the service that runs on DATA_DIR (default ./data).
Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** What each command says of itself. */
export const usages = {
  create: `Usage: npm run -s cli -- consumers create GROUP [options]

Makes a group of consumers. The store gives each event to one of them, at least once, until it is acknowledged.

Options:
${STREAM}
  --from start|end        begin with the first event there is (the default), or with the next one to come
  --max-retries N         how often an event is tried again before it is parked (10)
  --message-timeout MS    how long a consumer may take over an event before it is tried again (30000)
  --strategy S            round-robin (the default), dispatch-to-single, pinned (the events of a user go to the same
                          consumer, as far as possible), or pinned-by-correlation
${ALWAYS}`,
  list: `Usage: npm run -s cli -- consumers list [--json]

Lists all groups of consumers. LAG is the number of events after the last checkpoint; PARKED have failed for good.

Options:
${ALWAYS}`,
  info: `Usage: npm run -s cli -- consumers info GROUP [options]

Shows how a group stands and with which settings it was made.

Options:
${STREAM}
${ALWAYS}`,
  'replay-parked': `Usage: npm run -s cli -- consumers replay-parked GROUP [options]

Gives the parked events of a group to its consumers again. Mend what they failed at first.

Options:
${STREAM}
  --stop-at N             only those before number N of the stream they are parked in
${ALWAYS}`,
  delete: `Usage: npm run -s cli -- consumers delete GROUP [options]

Ends a group and forgets how far it was and what it has parked. Events are not touched.

Options:
${STREAM}
${ALWAYS}`,
} as const;

/** A command for groups of consumers. */
export type Verb = keyof typeof usages;

export const usage = `Usage: npm run -s cli -- consumers <command> [options]

Commands:
  create GROUP          makes a group of consumers
  list                  lists all groups: consumers, lag, parked events
  info GROUP            shows how one stands
  replay-parked GROUP   gives its parked events to its consumers again
  delete GROUP          ends it

Each has --help. Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
