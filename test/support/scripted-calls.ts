import grpc from '@grpc/grpc-js';
import type features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  conflictMessage,
  errorMessage,
  eventMessage,
  featuresMessage,
  type HeldEvent,
  notFoundMessage,
  successMessage,
} from './scripted-messages.js';
import type { ReceivedSubscription } from './scripted-subscription.js';

/** What calls need of the store they came to. */
export type Log = Readonly<{
  held: readonly HeldEvent[];
  eventsOf: (stream: string) => HeldEvent[];
  hold: (stream: string, event: Omit<HeldEvent, 'stream' | 'revision' | 'position'>) => HeldEvent;
}>;

export type BatchCall = grpc.ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;
export type ReadCall = grpc.ServerWritableStream<streams.ReadReq, streams.ReadResp>;
export type ProbeCallback = grpc.sendUnaryData<features.SupportedMethods>;

export type OnProbe = (answer: ProbeCallback) => void;
export type OnAppend = (append: ReceivedAppend) => void;
export type OnRead = (read: ReceivedRead) => void;
export type OnSubscribe = (subscription: ReceivedSubscription) => void;

export const failure = (code: grpc.status, details = 'as scripted') => ({ code, details });

/** What the store may do with a request. By default it does what EventStoreDB does. */
export const script = {
  silence: (): void => undefined,
  probe: {
    answer: (answer: ProbeCallback) => {
      answer(null, featuresMessage(true));
    },
    withoutBatch: (answer: ProbeCallback) => {
      answer(null, featuresMessage(false));
    },
    fail: (code: grpc.status) => (answer: ProbeCallback) => {
      answer(failure(code), null);
    },
  },
  append: {
    commit: (append: ReceivedAppend) => {
      append.commit();
    },
    /** Stored, and nobody is told. */
    loseAnswer: (append: ReceivedAppend) => {
      append.store();
    },
    fail: (code: grpc.status) => (append: ReceivedAppend) => append.call.emit('error', failure(code)),
    storeAndFail: (code: grpc.status) => (append: ReceivedAppend) => {
      append.store();
      append.call.emit('error', failure(code));
    },
    /** This is no leader any more; another one is, at that port. */
    moved: (port: number) => (append: ReceivedAppend) => {
      const metadata = new grpc.Metadata();
      metadata.set('exception', 'not-leader');
      metadata.set('leader-endpoint-host', '127.0.0.1');
      metadata.set('leader-endpoint-port', `${port}`);
      append.call.emit('error', { ...failure(grpc.status.NOT_FOUND), metadata });
    },
    endOk: (append: ReceivedAppend) => {
      append.call.end();
    },
    answer: (name: string, message?: string) => (append: ReceivedAppend) =>
      append.call.write(errorMessage(append.request, name, undefined, message)),
    conflict: (append: ReceivedAppend) => append.call.write(conflictMessage(append.request, 7n)),
  },
  call: {
    fail: (code: grpc.status) => (received: { call: ReadCall }) => received.call.emit('error', failure(code)),
    endOk: (received: { call: ReadCall }) => {
      received.call.end();
    },
  },
};

/** One append as it arrived. */
export class ReceivedAppend {
  readonly stream: string;
  readonly expected: bigint | 'any';
  readonly ids: readonly string[];

  constructor(
    private readonly log: Log,
    readonly request: streams.BatchAppendReq,
    readonly call: BatchCall,
  ) {
    const options = request.getOptions();
    this.stream = Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    this.expected = options?.hasNoStream()
      ? -1n
      : options?.hasStreamPosition()
        ? BigInt(options.getStreamPosition())
        : 'any';
    this.ids = request.getProposedMessagesList().map((message) => message.getId()?.getString() ?? '');
  }

  /** Stores the events, or finds that they are stored; undefined where others are. */
  store(): HeldEvent | undefined {
    const there = this.log.eventsOf(this.stream);
    const next = this.expected === 'any' ? there.length : Number(this.expected) + 1;
    if (this.ids.length === 0) return next === there.length ? this.log.held.at(-1) : undefined;
    if (next > there.length) return undefined;
    if (next < there.length)
      return this.ids.every((id, i) => there[next + i]?.id === id) ? there[next + this.ids.length - 1] : undefined;
    for (const message of this.request.getProposedMessagesList())
      this.log.hold(this.stream, {
        id: message.getId()?.getString() ?? '',
        type: message.getMetadataMap().get('type') ?? '',
        contentType: message.getMetadataMap().get('content-type') ?? '',
        data: message.getData_asU8(),
        metadata: message.getCustomMetadata_asU8(),
      });
    return this.log.held.at(-1);
  }

  commit(withPosition = true): void {
    const last = this.store();
    const current = BigInt(this.log.eventsOf(this.stream).length - 1);
    this.call.write(last ? successMessage(this.request, last, withPosition) : conflictMessage(this.request, current));
  }
}

/** One finite read as it arrived. */
export class ReceivedRead {
  constructor(
    private readonly log: Log,
    readonly call: ReadCall,
  ) {}

  /** Serves what is asked for, or the first few of it, and ends the call. */
  serve(): void {
    this.send();
    this.call.end();
  }

  send(most = Number.MAX_SAFE_INTEGER): void {
    const options = this.call.request.getOptions();
    const stream = options?.getStream();
    const count = Math.min(most, Number(options?.getCount()));
    if (!stream) {
      for (const event of this.log.held.toReversed().slice(0, count)) this.call.write(eventMessage(event));
      return;
    }
    const name = Buffer.from(stream.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
    const events = this.log.eventsOf(name);
    if (events.length === 0) this.call.write(notFoundMessage(name));
    const from = stream.hasRevision() ? Number(stream.getRevision()) : 0;
    for (const event of events.slice(from, from + count)) this.call.write(eventMessage(event));
  }
}
