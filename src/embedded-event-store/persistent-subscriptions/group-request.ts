import type { CreateReq, UpdateReq } from '@eventstore/db-client/generated/persistent_pb.js';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js';
import { badRequest } from '../errors.js';
import { expressionIn, matcherOf } from '../filter.js';
import { decodeStreamName } from '../stream-name.js';
import type { VisibleLog } from '../visible-log.js';
import { ALL, END } from './group-config.js';
import type { GroupConfig } from './group-config.js';
import { failed } from './group-errors.js';
import type { GroupName } from './group-errors.js';
import { settingsIn } from './settings-request.js';

type Options = CreateReq.Options | UpdateReq.Options;
type AllOptions = CreateReq.AllOptions | UpdateReq.AllOptions;

/** As a client writes the end, and the number just below it. */
const MINUS_ONE = 2n ** 64n - 1n;
const LARGEST = 2n ** 63n - 1n;

/** Reads which group is meant; both ends name a stream in the same way. */
export function groupNameIn(stream: StreamIdentifier | undefined, isAll: boolean, group: string): GroupName {
  if (isAll) return { source: ALL, group };
  if (!stream) throw badRequest('a group needs a stream, or the word that it is for all of them');
  const source = decodeStreamName(stream.getStreamName_asU8());
  const given = Buffer.from(stream.getStreamName_asU8()).toString();
  if (source === undefined) throw failed({ source: given, group }, 'the stream name is missing or not allowed');
  return { source, group };
}

/** Reads what a group is to be like, or says why it cannot be. */
export function groupConfigIn(options: Options | undefined, log: VisibleLog): GroupConfig {
  if (!options) throw badRequest('a group needs options');
  const all = options.getAll();
  // Older clients name the stream and where to start outside of what newer clients call the stream's options.
  const stream = options.getStream()?.getStreamIdentifier() ?? options.getStreamIdentifier();
  const name = groupNameIn(stream, all !== undefined, options.getGroupName());
  if (name.group === '') throw failed(name, 'the group name is empty');
  const settings = settingsIn(options, name);
  const startFrom = all ? positionIn(all, name, log) : revisionIn(options, name);
  const last = all ? log.lastPosition : log.lastRevision(name.source);
  const filter = all && 'getFilter' in all ? all.getFilter() : undefined;
  const expression = filter && expressionIn(filter);
  if (expression) matcherOf(expression);
  const startAfter = startFrom === END ? last : startFrom - 1;
  return { ...name, settings, startFrom, startAfter, ...(expression && { filter: expression }) };
}

function revisionIn(options: Options, name: GroupName): number {
  const stream = options.getStream();
  if (stream?.hasStart()) return 0;
  if (stream?.hasEnd()) return END;
  if (stream && !stream.hasRevision()) throw badRequest('a group needs a revision to start from');
  return placeOf(stream?.getRevision() ?? options.getSettings()?.getRevision() ?? '0', name);
}

function positionIn(all: AllOptions, name: GroupName, log: VisibleLog): number {
  if (all.hasStart()) return 0;
  if (all.hasEnd()) return END;
  const position = all.getPosition();
  if (!position) throw badRequest('a group needs a position to start from');
  const [commit, prepare] = [position.getCommitPosition(), position.getPreparePosition()].map((text) =>
    placeOf(text, name),
  );
  if (commit === undefined || prepare === undefined) throw badRequest('a position has two parts');
  if ((commit === END) !== (prepare === END)) throw failed(name, 'half of the position is negative');
  if (prepare > commit) throw failed(name, 'the commit position lies before the prepare position');
  if (commit > log.lastPosition) throw failed(name, 'the position lies beyond the end of the log');
  return commit;
}

function placeOf(text: string, name: GroupName): number {
  const onWire = BigInt(text);
  if (onWire === MINUS_ONE) return END;
  if (onWire > LARGEST) throw failed(name, 'the place to start from is negative');
  return Number(onWire);
}
