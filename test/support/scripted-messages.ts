import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';

/** An event as the scripted store holds it: bytes that need not be what they claim to be. */
export type HeldEvent = {
  id: string;
  stream: string;
  revision: bigint;
  position: bigint;
  type: string;
  contentType: string;
  data: Uint8Array;
  metadata: Uint8Array;
  /** Left out, the record breaks the client. */
  nameless?: boolean;
};

export function eventMessage(event: HeldEvent): streams.ReadResp {
  const record = new streams.ReadResp.ReadEvent.RecordedEvent();
  record.setId(uuid(event.id));
  if (!event.nameless) record.setStreamIdentifier(streamIdentifier(event.stream));
  record.setStreamRevision(`${event.revision}`);
  record.setCommitPosition(`${event.position}`);
  record.setPreparePosition(`${event.position}`);
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  record.getMetadataMap().set('type', event.type).set('content-type', event.contentType).set('created', '0');
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(record);
  read.setCommitPosition(`${event.position}`);
  return new streams.ReadResp().setEvent(read);
}

export function confirmationMessage(): streams.ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId('one');
  return new streams.ReadResp().setConfirmation(confirmation);
}

export function caughtUpMessage(): streams.ReadResp {
  return new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp());
}

export function checkpointMessage(position: bigint): streams.ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(`${position}`);
  checkpoint.setPreparePosition(`${position}`);
  return new streams.ReadResp().setCheckpoint(checkpoint);
}

export function notFoundMessage(stream: string): streams.ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(streamIdentifier(stream));
  return new streams.ReadResp().setStreamNotFound(notFound);
}

export function successMessage(request: streams.BatchAppendReq, at: HeldEvent, withPosition = true) {
  const success = new streams.BatchAppendResp.Success();
  success.setCurrentRevision(`${at.revision}`);
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(`${at.position}`);
  position.setPreparePosition(`${at.position}`);
  if (withPosition) success.setPosition(position);
  else success.setNoPosition(new empty.Empty());
  return responseTo(request).setSuccess(success);
}

export function conflictMessage(request: streams.BatchAppendReq, current: bigint) {
  const conflict = new shared.WrongExpectedVersion();
  if (current < 0n) conflict.setCurrentNoStream(new empty.Empty());
  else conflict.setCurrentStreamRevision(`${current}`);
  conflict.setExpectedAny(new empty.Empty());
  return errorMessage(request, 'WrongExpectedVersion', conflict.serializeBinary());
}

/** Any other answer to one append, by the name of its detail. */
export function errorMessage(
  request: streams.BatchAppendReq,
  name: string,
  detail: Uint8Array = new Uint8Array(),
  message = name,
) {
  const details = new any.Any();
  details.pack(new Uint8Array(detail), `event_store.client.${name}`);
  return responseTo(request).setError(new status.Status().setMessage(message).setDetails(details));
}

export function featuresMessage(batch: boolean): features.SupportedMethods {
  const supported = new features.SupportedMethods().setEventStoreServerVersion('23.10.1');
  if (!batch) return supported;
  const method = new features.SupportedMethod();
  method.setServiceName('event_store.client.streams.streams');
  method.setMethodName('batchappend');
  supported.addMethods(method);
  return supported;
}

function responseTo(request: streams.BatchAppendReq) {
  const response = new streams.BatchAppendResp();
  response.setCorrelationId(request.getCorrelationId());
  return response.setStreamIdentifier(request.getOptions()?.getStreamIdentifier());
}

function uuid(id: string): shared.UUID {
  const message = new shared.UUID();
  message.setString(id);
  return message;
}

function streamIdentifier(name: string): shared.StreamIdentifier {
  const message = new shared.StreamIdentifier();
  message.setStreamName(Buffer.from(name));
  return message;
}
