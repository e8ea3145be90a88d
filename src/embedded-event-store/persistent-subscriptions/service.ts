import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type {
  CreateReq,
  DeleteReq,
  GetInfoReq,
  ListReq,
  ReadReq,
  ReplayParkedReq,
  UpdateReq,
} from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { badRequest, toCallError } from '../errors.js';
import type { LiveCalls } from '../live-calls.js';
import type { VisibleLog } from '../visible-log.js';
import { ConsumerCall } from './consumer-call.js';
import { ALL } from './group-config.js';
import { failed } from './group-errors.js';
import type { GroupName } from './group-errors.js';
import { groupConfigIn, groupNameIn } from './group-request.js';
import type { Groups } from './groups.js';
import { infoOf } from './subscription-info.js';

const { PersistentSubscriptionsService } = persistentGrpc;

/** The generated service, except that messages to consumers are encoded by hand. */
export const persistentSubscriptionsService = {
  ...PersistentSubscriptionsService,
  read: { ...PersistentSubscriptionsService.read, responseSerialize: (encoded: Buffer): Buffer => encoded },
};

/** Without encryption every caller is this one. */
const NOBODY_IN_PARTICULAR = 'system';

/** The calls about groups of consumers, and the one that a consumer makes. */
export function persistentSubscriptions(
  groups: Groups,
  log: VisibleLog,
  calls: LiveCalls,
  user = NOBODY_IN_PARTICULAR,
): UntypedServiceImplementation {
  return {
    create: unary(async (request: CreateReq) => {
      await groups.create(groupConfigIn(request.getOptions(), log));
      return new persistent.CreateResp();
    }),
    update: unary(async (request: UpdateReq) => {
      await groups.update(groupConfigIn(request.getOptions(), log));
      return new persistent.UpdateResp();
    }),
    delete: unary(async (request: DeleteReq) => {
      await groups.delete(nameIn(request.getOptions()));
      return new persistent.DeleteResp();
    }),
    getInfo: unary((request: GetInfoReq) => {
      return new persistent.GetInfoResp().setSubscriptionInfo(infoOf(groups.find(nameIn(request.getOptions())), user));
    }),
    list: unary((request: ListReq) => {
      const found = groups.list(sourceIn(request.getOptions()));
      return new persistent.ListResp().setSubscriptionsList(found.map((running) => infoOf(running, user)));
    }),
    replayParked: unary((request: ReplayParkedReq) => {
      replayParked(request.getOptions(), groups);
      return new persistent.ReplayParkedResp();
    }),
    restartSubsystem: unary(async () => {
      await groups.restart();
      return new shared.Empty();
    }),
    read: (call: ServerDuplexStream<ReadReq, Buffer>) => {
      calls.add(call);
      new ConsumerCall(call, groups);
    },
  };
}

function unary<Request, Response>(work: (request: Request) => Response | Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>): void => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (response) => {
          answer(null, response);
        },
        (error: unknown) => {
          answer(toCallError(error));
        },
      );
  };
}

type Naming = DeleteReq.Options | GetInfoReq.Options | ReplayParkedReq.Options;

const nameIn = (options: Naming | undefined): GroupName =>
  groupNameIn(options?.getStreamIdentifier(), options?.hasAll() ?? false, options?.getGroupName() ?? '');

function sourceIn(options: ListReq.Options | undefined): string | undefined {
  if (options?.hasListAllSubscriptions()) return undefined;
  const only = options?.getListForStream();
  if (!only) throw badRequest('a list is of all groups or of those of one stream');
  return only.hasAll() ? ALL : groupNameIn(only.getStream(), false, '').source;
}

function replayParked(options: ReplayParkedReq.Options | undefined, groups: Groups): void {
  const name = nameIn(options);
  if (!options?.hasStopAt() && !options?.hasNoLimit())
    throw badRequest('a replay needs a limit or the word that there is none');
  const stopAt = options.hasStopAt() ? Number(options.getStopAt()) : undefined;
  if (stopAt !== undefined && stopAt < 0) throw failed(name, 'the number to stop at is negative');
  const running = groups.find(name);
  running.group.replay.start(stopAt);
  running.wake();
}
