import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import type { AppendOptions, AppendRequest } from './append-request.js';
import type { Address, Outcome } from './commit.js';
import { encodeAppended, encodeConflict } from './append-response.js';
import { badRequest, givenUp, missingMetadata, streamDeleted, toCallError, tooLarge, unavailable } from './errors.js';
import type { CallError } from './errors.js';
import { accessDenied } from './listening/access.js';
import { addressOf, MAX_APPEND_SIZE, ProposedEvents } from './proposed-events.js';
import type { MayAppend, Rejection } from './proposed-events.js';
import type { UnfinishedAppends } from './unfinished-appends.js';
import type { Writer } from './writer.js';

/** The call that carries a single append: options first, then its events one by one. */
export function append(
  call: ServerReadableStream<AppendRequest, Buffer>,
  answer: sendUnaryData<Buffer>,
  writer: Writer,
  unfinished: UnfinishedAppends,
  mayAppend: MayAppend,
): void {
  let events = new ProposedEvents();
  let address: Address | undefined;
  let failed = false;
  const fail = (error: CallError) => {
    failed = true;
    unfinished.release(call);
    events = new ProposedEvents();
    answer(error);
  };
  const giveUp = () => {
    fail(givenUp());
  };
  const begin = (options: AppendOptions | undefined) => {
    const given = options ? (mayAppend(options.streamName) ? addressOf(options) : denied) : badOrder;
    if ('type' in given) fail(toError(given));
    else address = given;
  };
  const take = ({ options, event }: AppendRequest) => {
    const rejection = address && (event ? events.add(event) : badOrder);
    if (!address) begin(options);
    else if (rejection) fail(toError(rejection));
    if (address && !failed) unfinished.hold(call, events.size + address.stream.length, giveUp);
  };
  call.on('data', (request: AppendRequest) => {
    if (!failed) take(request);
  });
  call.on('end', () => {
    unfinished.release(call);
    if (failed || call.cancelled) return;
    if (!address) {
      fail(toError(badOrder));
      return;
    }
    const { expected } = address;
    writer.append(events.addressed(address), (result) => {
      if (result.type === 'unavailable') answer(unavailable(result.reason));
      else if (result.type === 'deleted') answer(streamDeleted(result.stream));
      else answer(null, toResponse(result, expected));
    });
  });
  call.on('cancelled', () => {
    unfinished.release(call);
  });
  call.on('error', (error) => {
    if (!failed) fail(toCallError(error));
  });
}

const badOrder: Rejection = { type: 'bad-request', reason: 'an append starts with its options; events follow' };

const denied: Rejection = { type: 'denied' };

function toError(rejection: Rejection): CallError {
  switch (rejection.type) {
    case 'bad-request':
      return badRequest(rejection.reason);
    case 'denied':
      return accessDenied();
    case 'missing-metadata':
      return missingMetadata();
    case 'too-large':
      return tooLarge(MAX_APPEND_SIZE);
  }
}

const toResponse = (result: Exclude<Outcome, { type: 'deleted' }>, expected: Address['expected']): Buffer =>
  result.type === 'conflict'
    ? encodeConflict(expected, result.current)
    : encodeAppended(result.revision, result.position);
