import type { GroupAddress } from './consumer-groups.js';

/** A stream has a group of this name already; it was left as it is. */
export class ConsumerGroupExists extends Error {
  readonly code = 'consumer-group-exists';
  constructor(readonly address: GroupAddress) {
    super(`stream ${address.stream} has a consumer group ${address.group} already`);
  }
}

/** The stream has no group of this name. */
export class NoSuchConsumerGroup extends Error {
  readonly code = 'no-such-consumer-group';
  constructor(readonly address: GroupAddress) {
    super(`stream ${address.stream} has no consumer group ${address.group}`);
  }
}

/** The event store does not do this for these credentials or with these settings; nothing was changed. */
export class ConsumerGroupRefused extends Error {
  readonly code = 'consumer-group-refused';
}
