import type { ServerDuplexStream } from '@grpc/grpc-js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/persistent_pb.js';
import type { UUID } from '@eventstore/db-client/generated/shared_pb.js';
import { badRequest, toCallError } from '../errors.js';
import type { CallError } from '../errors.js';
import { decodeUuid } from '../uuid.js';
import type { NackAction } from './group.js';
import { keyOf } from './group-config.js';
import { groupNameIn } from './group-request.js';
import { confirmation, encodeMessage } from './group-response.js';
import type { Groups } from './groups.js';
import type { Message } from './message.js';
import type { RemoteConsumer, RunningGroup } from './running-group.js';

type Call = ServerDuplexStream<ReadReq, Buffer>;

const { PARK, SKIP, STOP } = persistent.ReadReq.Nack.Action;
/** Not said, or said to be tried again, comes to the same; so do stopping and skipping. */
const ACTIONS: Readonly<Record<number, NackAction>> = { [PARK]: 'park', [SKIP]: 'skip', [STOP]: 'skip' };

/** One consumer of a group: says first which group, then what became of each message it gets. */
export class ConsumerCall implements RemoteConsumer {
  readonly name: string;
  slots = 0;
  readonly #call: Call;
  readonly #groups: Groups;
  #running: RunningGroup | undefined;
  #structuredIds = false;
  #isOver = false;

  constructor(call: Call, groups: Groups) {
    this.#call = call;
    this.#groups = groups;
    this.name = String(call.metadata.get('connection-name')[0] ?? '<unknown>');
    call.on('data', (request: ReadReq) => {
      this.#receive(request);
    });
    call.on('end', () => {
      this.#leave();
      call.end();
    });
    for (const end of ['cancelled', 'close', 'error']) {
      call.on(end, () => {
        this.#leave();
      });
    }
  }

  send(message: Message): void {
    if (!this.#isOver) this.#call.write(encodeMessage(message, this.#structuredIds));
  }

  drop(error: CallError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#call.emit('error', error);
  }

  #receive(request: ReadReq): void {
    if (this.#isOver) return;
    try {
      if (this.#running) this.#answer(this.#running, request);
      else this.#join(request.getOptions());
    } catch (error) {
      this.#leave();
      this.#call.emit('error', toCallError(error));
    }
  }

  #join(options: ReadReq.Options | undefined): void {
    if (!options) throw badRequest('a consumer starts by naming its group');
    const name = groupNameIn(options.getStreamIdentifier(), options.hasAll(), options.getGroupName());
    const running = this.#groups.find(name);
    this.slots = options.getBufferSize();
    this.#structuredIds = !options.getUuidOption()?.hasString();
    running.connect(this);
    this.#running = running;
    this.#call.write(confirmation(keyOf(name)));
  }

  #answer(running: RunningGroup, request: ReadReq): void {
    const [ack, nack] = [request.getAck(), request.getNack()];
    if (ack) running.group.ack(this, idsIn(ack));
    else if (nack) running.group.nack(this, idsIn(nack), ACTIONS[nack.getAction()] ?? 'retry', nack.getReason());
    else throw badRequest('a consumer names its group once');
    running.wake();
  }

  #leave(): void {
    this.#isOver = true;
    this.#running?.disconnect(this);
  }
}

const idsIn = (answer: { getIdsList(): UUID[] }): string[] =>
  answer.getIdsList().flatMap((id) => decodeUuid(id.serializeBinary()) ?? []);
