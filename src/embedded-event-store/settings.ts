import { parseArgs } from 'node:util';

export const USAGE = `Usage: main.js --dir DIR --port N

A single-node event store that speaks the gRPC protocol of EventStoreDB, for one machine.

  --dir DIR   directory that holds the events; made if it does not exist
  --port N    port to listen on at 127.0.0.1; 0 takes any that is free
  --help      print this text
`;

/** What the process is told on its command line. */
export type Settings = {
  /** The directory that holds the events. */
  readonly dir: string;
  /** The port to listen on; 0 takes any that is free. */
  readonly port: number;
};

/** Reads the command line; undefined if it asks for help. */
export function readSettings(args: string[]): Settings | undefined {
  const { values } = parseArgs({
    args,
    options: { dir: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return undefined;
  if (!values.dir) throw new Error('--dir is missing');
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port ?? '') || port > 65_535) throw new Error('--port must be a number from 0 to 65535');
  return { dir: values.dir, port };
}
