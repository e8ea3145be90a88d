// A client of an event store in a process of its own, with either library: the two cannot be loaded in one, and clients
// of one process share the appends that are under way. Does what it is told by messages; see event-store-client.ts.
const LIBRARIES = {
  eventstore: async () => {
    const { EventStoreDBClient, jsonEvent } = await import('@eventstore/db-client');
    return { connect: (address) => EventStoreDBClient.connectionString(`esdb://${address}`), jsonEvent };
  },
  kurrent: async () => {
    const { KurrentDBClient, jsonEvent } = await import('@kurrent/kurrentdb-client');
    return { connect: (address) => KurrentDBClient.connectionString(`kurrentdb://${address}`), jsonEvent };
  },
};

const { connect, jsonEvent } = await LIBRARIES[process.argv[2]]();
const subscriptions = new Map();
let client;

const allFrom = (from) => (typeof from === 'bigint' ? { commit: from, prepare: from } : from);

const seen = ({ event, commitPosition }) => {
  const { streamId: stream, revision, id, type, data } = event;
  return { stream, revision, position: event.position?.commit ?? commitPosition, id, type, data };
};

async function collect(read) {
  const found = [];
  for await (const resolved of read) found.push(seen(resolved));
  return found;
}

function open({ source, after }) {
  if (source.kind === 'stream') return client.subscribeToStream(source.stream, { fromRevision: after });
  if (source.kind === 'all') return client.subscribeToAll({ fromPosition: allFrom(after) });
  const filter = { filterOn: 'streamName', prefixes: [source.prefix], checkpointInterval: 3, maxSearchWindow: 8 };
  return client.subscribeToAll({ fromPosition: allFrom(after), filter });
}

const commands = {
  connect: async (port) => {
    await client?.dispose();
    client = connect(`127.0.0.1:${port}?tls=false`);
  },
  append: async ({ stream, events, expected }) => {
    const wanted = { expectedRevision: expected, streamState: expected };
    const { nextExpectedRevision, position } = await client.appendToStream(stream, events.map(jsonEvent), wanted);
    return { revision: nextExpectedRevision, position: position?.commit };
  },
  setMetadata: async (stream, metadata) => {
    const { position } = await client.setStreamMetadata(stream, metadata);
    return { position: position.commit };
  },
  delete: async (stream, expectedRevision) => {
    const { position } = await client.deleteStream(stream, { expectedRevision });
    return { position: position.commit };
  },
  tombstone: async (stream, expectedRevision) => {
    const { position } = await client.tombstoneStream(stream, { expectedRevision });
    return { position: position.commit };
  },
  readStream: (stream, options) => collect(client.readStream(stream, options)),
  readAll: ({ from, ...options }) => collect(client.readAll({ ...options, fromPosition: allFrom(from) })),
  subscribe: (id, wanted) => {
    const subscription = open(wanted);
    const tell = (message) => process.send({ subscription: id, ...message });
    subscription.on('data', (resolved) => tell({ event: seen(resolved) }));
    subscription.on('caughtUp', () => tell({ caughtUp: true }));
    subscription.on('error', (error) => tell({ fault: error.message }));
    subscriptions.set(id, subscription);
  },
  pause: (id) => void subscriptions.get(id)?.pause(),
  resume: (id) => void subscriptions.get(id)?.resume(),
  unsubscribe: async (id) => {
    await subscriptions.get(id)?.unsubscribe();
    subscriptions.delete(id);
  },
};

process.on('message', async ({ number, command, args }) => {
  try {
    process.send({ number, result: await commands[command](...args) });
  } catch (error) {
    const { type = 'unexpected', message, actualVersion, actualState } = error;
    const actual = actualVersion ?? actualState;
    process.send({ number, error: { type, message, current: typeof actual === 'bigint' ? actual : -1n } });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
