import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { badRequest } from './errors.js';
import type { StoredEvent } from './event.js';
import { filterOf } from './filter.js';
import type { Filter } from './filter.js';
import { isHiddenFromAll } from './hidden-streams.js';
import { decodeStreamName } from './stream-name.js';

/** A place to read from: an edge, or a revision or position. */
export type From = 'start' | 'end' | number;

/** What is read: one stream, or everything. */
export type Source =
  | { readonly type: 'stream'; readonly stream: string; readonly from: From }
  | {
      readonly type: 'all';
      readonly from: From;
      readonly filter: Filter | undefined;
      /** Whether the reader gets to see an event. */
      readonly wants: (event: StoredEvent) => boolean;
    };

/** A read request once it is known to make sense. */
export type ReadRequest = {
  readonly source: Source;
  readonly backwards: boolean;
  /** The most events wanted; undefined asks to be told of new ones for ever. */
  readonly count: number | undefined;
  /** Links come together with what they lead to. */
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
  /** Newer clients want to hear where a stream begins, if later than they asked, and where it ends. */
  readonly wantsEdges: boolean;
};

const LARGEST = 2n ** 63n - 1n;
const END = 2n ** 64n - 1n;
const BACKWARDS = streams.ReadReq.Options.ReadDirection.BACKWARDS;

/** Reads the options of a read, or says what is wrong with them. */
export function readRequest(request: ReadReq): ReadRequest {
  const options = request.getOptions();
  if (!options) throw badRequest('a read needs options');
  const backwards = options.getReadDirection() === BACKWARDS;
  const count = options.hasSubscription() ? undefined : clamp(BigInt(options.getCount()));
  if (!options.hasSubscription() && !options.hasCount()) throw badRequest('a read needs a count or a subscription');
  if (count === undefined && backwards) throw badRequest('a subscription cannot go backwards');
  return {
    source: sourceOf(options),
    backwards,
    count,
    resolveLinks: options.getResolveLinks(),
    structuredIds: !options.getUuidOption()?.hasString(),
    wantsEdges: (options.getControlOption()?.getCompatibility() ?? 0) >= 1,
  };
}

function sourceOf(options: ReadReq.Options): Source {
  const [stream, all, filter] = [options.getStream(), options.getAll(), filterIn(options)];
  if (all)
    return {
      type: 'all',
      from: allFrom(all, options.hasSubscription()),
      filter,
      wants: (event) => isShown(event, filter),
    };
  const name = decodeStreamName(stream?.getStreamIdentifier()?.getStreamName_asU8());
  if (!stream || name === undefined) throw badRequest('the stream name is missing or not allowed');
  if (filter) throw badRequest('only the $all stream can be filtered');
  return { type: 'stream', stream: name, from: streamFrom(stream) };
}

const isShown = (event: StoredEvent, filter: Filter | undefined): boolean =>
  filter?.matches(event) !== false && !isHiddenFromAll(event.stream);

function filterIn(options: ReadReq.Options): Filter | undefined {
  const filter = options.getFilter();
  if (!filter && !options.hasNoFilter()) throw badRequest('a read needs a filter or the word that there is none');
  const read = filter && filterOf(filter);
  if (read?.checkpointInterval === 0 && options.hasSubscription()) throw badRequest('the checkpoint interval is 0');
  return read;
}

function streamFrom(stream: ReadReq.Options.StreamOptions): From {
  if (stream.hasStart()) return 'start';
  if (stream.hasEnd()) return 'end';
  if (!stream.hasRevision()) throw badRequest('a read needs a place to start');
  return placeOf(BigInt(stream.getRevision()));
}

function allFrom(all: ReadReq.Options.AllOptions, isSubscription: boolean): From {
  if (all.hasStart()) return 'start';
  if (all.hasEnd()) return 'end';
  const position = all.getPosition();
  if (!position) throw badRequest('a read needs a place to start');
  const [commit, prepare] = [BigInt(position.getCommitPosition()), BigInt(position.getPreparePosition())];
  if (commit === END && prepare !== END) throw badRequest('half of the position is the end');
  if (commit < prepare) throw badRequest('the commit position lies before the prepare position');
  // A subscription starts after its position; one between two events comes before the event at its commit position.
  return placeOf(isSubscription && prepare < commit && commit !== END ? commit - 1n : commit);
}

function placeOf(onWire: bigint): From {
  if (onWire === END) return 'end';
  if (onWire > LARGEST) throw badRequest('the revision or position is out of range');
  return clamp(onWire);
}

/** No log reaches further, so nothing is lost. */
const clamp = (value: bigint): number => (value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(value));
