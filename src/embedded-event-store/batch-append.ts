import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { AppendOptions, BatchAppendRequest } from './append-request.js';
import { encodeBatchResponse } from './batch-append-response.js';
import type { BatchResult } from './batch-append-response.js';
import { badRequest, toCallError } from './errors.js';
import { addressOf, ProposedEvents } from './proposed-events.js';
import type { MayAppend, Rejection } from './proposed-events.js';
import type { UnfinishedAppends } from './unfinished-appends.js';
import type { Writer } from './writer.js';

type Call = ServerDuplexStream<BatchAppendRequest, Buffer>;

/** However long a writer would wait, an append that has not arrived by then is given up. */
const LONGEST_WAIT_MS = 2_000;

/** An append whose parts are arriving, or which waits for its commit. */
type Pending = {
  readonly correlationId: Uint8Array;
  readonly options: AppendOptions;
  readonly events: ProposedEvents;
  timer?: NodeJS.Timeout;
  committing: boolean;
};

/** One long call that carries many appends; each gets exactly one answer, in the order they finish. */
export class BatchAppend {
  readonly #call: Call;
  readonly #writer: Writer;
  readonly #unfinished: UnfinishedAppends;
  readonly #mayAppend: MayAppend;
  readonly #pending = new Map<string, Pending>();
  #halfClosed = false;
  #failed = false;

  constructor(call: Call, writer: Writer, unfinished: UnfinishedAppends, mayAppend: MayAppend) {
    this.#call = call;
    this.#writer = writer;
    this.#unfinished = unfinished;
    this.#mayAppend = mayAppend;
    call.on('data', (request: BatchAppendRequest) => {
      this.#receive(request);
    });
    call.on('end', () => {
      this.#halfClosed = true;
      this.#endIfDone();
    });
    call.on('close', () => {
      this.#forget();
    });
    call.on('cancelled', () => {
      this.#forget();
    });
  }

  #receive(request: BatchAppendRequest): void {
    if (this.#failed) return;
    try {
      this.#take(request);
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(request: BatchAppendRequest): void {
    if (request.correlationId.byteLength === 0) throw badRequest('a batch append needs a correlation id');
    const key = Buffer.from(request.correlationId).toString('latin1');
    const pending = this.#pending.get(key) ?? this.#start(key, request);
    // Parts of an append that was answered already, or never started, are of no use to anybody.
    if (!pending || pending.committing) return;
    const rejection = firstRejection(pending.events, request);
    if (rejection) this.#answer(key, pending, rejection);
    else if (request.isFinal) this.#commit(key, pending);
    else this.#awaitRest(key, pending);
  }

  #start(key: string, { correlationId, options }: BatchAppendRequest): Pending | undefined {
    if (!options) return undefined;
    const pending: Pending = { correlationId, options, events: new ProposedEvents(), committing: false };
    this.#pending.set(key, pending);
    if (!this.#mayAppend(options.streamName)) this.#deny(key, pending);
    else if (remaining(options) > 0) return pending;
    else this.#answer(key, pending, { type: 'timeout' });
    return undefined;
  }

  /** Strangers are heard no faster than they listen: what they do not take must not pile up. */
  #deny(key: string, pending: Pending): void {
    this.#answer(key, pending, { type: 'denied' });
    if (!this.#call.writableNeedDrain) return;
    this.#call.pause().once('drain', () => this.#call.resume());
  }

  #awaitRest(key: string, pending: Pending): void {
    const giveUp = () => {
      this.#answer(key, pending, { type: 'timeout' });
    };
    pending.timer ??= setTimeout(giveUp, remaining(pending.options));
    const { events, correlationId, options } = pending;
    const names = correlationId.byteLength + (options.streamName?.byteLength ?? 0);
    this.#unfinished.hold(pending, events.size + names, giveUp);
  }

  /** Nothing of it is to come any more. */
  #settle(pending: Pending): void {
    clearTimeout(pending.timer);
    this.#unfinished.release(pending);
  }

  #commit(key: string, pending: Pending): void {
    this.#settle(pending);
    const address = addressOf(pending.options);
    if ('type' in address) {
      this.#answer(key, pending, address);
      return;
    }
    pending.committing = true;
    this.#writer.append(pending.events.addressed(address), (result) => {
      this.#answer(key, pending, result);
    });
  }

  #answer(key: string, pending: Pending, result: BatchResult): void {
    if (!this.#pending.delete(key)) return;
    this.#settle(pending);
    const { correlationId, options } = pending;
    const answered = { correlationId, streamName: options.streamName ?? new Uint8Array(0), expected: options.expected };
    this.#call.write(encodeBatchResponse(answered, result));
    this.#endIfDone();
  }

  /** A client that has said all and heard all is done; ending before would leave its appends waiting for ever. */
  #endIfDone(): void {
    if (this.#halfClosed && !this.#failed && this.#pending.size === 0) this.#call.end();
  }

  #forget(): void {
    for (const pending of this.#pending.values()) this.#settle(pending);
    this.#pending.clear();
  }

  /** Ends the call for a message that no append can be told by. */
  #fail(error: unknown): void {
    this.#failed = true;
    this.#forget();
    this.#call.emit('error', toCallError(error));
  }
}

function firstRejection(events: ProposedEvents, request: BatchAppendRequest): Rejection | undefined {
  for (const event of request.events) {
    const rejection = events.add(event);
    if (rejection) return rejection;
  }
  return undefined;
}

const remaining = ({ deadline }: AppendOptions): number =>
  deadline === undefined ? LONGEST_WAIT_MS : Math.min(deadline - Date.now(), LONGEST_WAIT_MS);
