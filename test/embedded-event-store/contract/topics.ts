import { allReads } from './all-reads.js';
import { append, batches } from './append.js';
import { checkpoints } from './checkpoints.js';
import type { Cases } from './contract.js';
import { deletes } from './delete.js';
import { expectedRevisions } from './expected-revisions.js';
import { filters } from './filters.js';
import { groups } from './groups.js';
import { idempotency } from './idempotency.js';
import { linkStreams } from './link-streams.js';
import { links } from './links.js';
import { metadata, truncation } from './metadata.js';
import { reads } from './reads.js';
import { subscriptions } from './subscriptions.js';
import { tombstones } from './tombstone.js';

/** All cases, by what they are about. */
export const topics: Readonly<Record<string, Cases>> = {
  'an append': append,
  'an append in parts': batches,
  'an append of expectations': expectedRevisions,
  'an append made again': idempotency,
  'a read of a stream': reads,
  'a read of the whole log': allReads,
  filters,
  checkpoints,
  links,
  'streams of links that the store keeps by itself and at once, and not in $all (in 23.10 projections write them)':
    linkStreams,
  subscriptions,
  'a deletion': deletes,
  'a tombstone': tombstones,
  'metadata of a stream': metadata,
  'metadata that hides events': truncation,
  'a group': groups,
};
