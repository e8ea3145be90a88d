import type { EventStoreDBClient } from '@eventstore/db-client';
import type { IPersistentSubscriptionsClient } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type { CreateReq } from '@eventstore/db-client/generated/persistent_pb.js';

type Call = (grpc: Pick<IPersistentSubscriptionsClient, 'create'>) => unknown;
type Inside = { execute: (service: unknown, name: string, call: Call) => unknown };

/**
 * A client that makes groups pinned by correlation. The official one knows only three strategies by their numbers,
 * while servers take any by its name: so the name is put into its request on the way out.
 */
export function byCorrelation(client: EventStoreDBClient): EventStoreDBClient {
  const execute: Inside['execute'] = (service, name, call) =>
    (client as unknown as Inside).execute(service, name, (grpc) =>
      call({
        create: (request: CreateReq, ...rest: [never]) => {
          request.getOptions()?.getSettings()?.setConsumerStrategy('PinnedByCorrelation');
          return grpc.create(request, ...rest);
        },
      }),
    );
  return new Proxy(client, {
    get: (target, property) => {
      if (property === 'execute') return execute;
      const value: unknown = Reflect.get(target, property, target);
      // What makes a group has to find our `execute`; everything else has fields that only the client itself has.
      const ownThis = typeof value === 'function' && !String(property).startsWith('createPersistentSubscription');
      return ownThis ? (value.bind(target) as unknown) : value;
    },
  });
}
